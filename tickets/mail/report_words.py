"""What machines write in the mails that they send: senders, subjects and phrases, in many languages."""

# ruff: noqa: E501 (word lists read better unbroken)

import re

DAEMON = re.compile(
    r"mailer[-_.]?daemon|mail[-_ .]?delivery|postmaster|mdaemon|maildaemon|mail[-_ ]daemon|daemon@|mail administrator|"
    r"mail router|mailrouter|delivery[-_ ]?(?:sub)?system|bounce|\bmmdf\b|uucp@|mail system|smtp gateway|mailsystem|"
    r"exchange (?:system|server)|system administrator|microsoft outlook|complaints@|returned[-_ ]?mail|nobody@|root@|"
    r"no[-_.]?reply@|administrator@|mail[-_ ]?marshal|email ?delivery",
    re.I,
)
MAILER_DAEMON = re.compile(r"mailer[-_.]?daemon", re.I)
# The words above the copy of the message that came back.
FOLLOWS = re.compile(
    r"^\W*(?:(?:the )?(?:original|returned|undelivered|bounced) (?:message|mail|e-?mail)|message (?:headers?|text|log) follows?|"
    r"this is a copy of (?:the|your) message|copy of (?:the|your) (?:original )?message|(?:below|here) (?:is|follows) (?:a copy|the)|"
    r"failure reasons|failed addresses|ursprüngliche nachricht|unsent message)\b",
    re.I | re.M,
)
SUBJECT = re.compile(
    r"undeliver|not be delivered|not delivered|non[- ]?deliver|delivery (?:status|fail|notif|report|error|problem|has "
    r"failed|has been delayed|incomplete|delayed)|deliver(?:y|ing) .{0,30}(?:fail|impossible)|fail(?:ed|ure) (?:to deliver|"
    r"notice|delivery|mail|notification)|failure notice|(?:mail|message) failed|returning to sender|returned (?:mail|message|to sender)|return(?:ed)? to sender|"
    r"mail (?:system error|delivery|could|fail|error|status)|message status|undelivered|unzustellbar|nicht zugestellt|"
    r"zustellung|zustellfehler|fehlgeschlagen|non remis|échec|non distribu|non consegn|mancata consegna|no (?:se )?ha "
    r"podido|no entregad|não entregue|onbestelbaar|не доставлен|недоставлен|couldn'?t be delivered|can'?t be delivered|"
    r"cannot be delivered|could not (?:send|deliver)|unable to deliver|user unknown|unknown user|warning: (?:could|message)|"
    r"delayed mail|message delayed|nondeliverable|配信|送信できません|エラー|退信|系统退信|undeliverable|error.{0,20}mail|dsn|"
    r"rejected|message (?:could not|undeliverable|delivery)|delivery$|email.{0,20}fail|mail not|ndn:|quota|over ?quota|"
    r"permanent|temporar|bounce|deferred|blocked",
    re.I,
)
BODY = re.compile(
    r"\b[45]\d\d[ -][45]\.\d{1,3}\.\d{1,3}\b|\b(?:5[05]\d|4[25]\d)[ -]|\bsmtp error\b|status: ?[45]\.\d|remote host said|"
    r"(?:user|recipient|mailbox|address|account)s? (?:is |was |has been |are |name )?(?:unknown|not found|unavailable|rejected|"
    r"disabled|full|does ?n[o']t exist|invalid|not exist|suspended|inactive)|unknown (?:user|recipient|address|local)|no such "
    r"(?:user|mailbox|recipient|address|person)|undeliver|could ?n[o']t be delivered|unable to deliver|delivery (?:to the|has|of|"
    r"attempt|fail|error)|over quota|quota exceeded|permanent (?:error|fatal|failure)|invalid (?:recipient|address|mailbox)|"
    r"failed recipient|was not delivered|not be delivered|could not deliver|message (?:was|has been) (?:rejected|blocked|"
    r"returned)|does not exist|doesn't exist|not (?:been )?delivered|unrouteable|cannot (?:be delivered|deliver)|returned to sender|"
    r"配信|存在しません|宛先|送信できません|nicht zugestellt|konnte nicht|n'a pas pu|退信|relay(?:ing)? (?:denied|not permitted)",
    re.I,
)
STRONG_BODY = re.compile(
    r"this is the (?:mail system|qmail|email system|postfix|machine|mailer)|i wasn't able to deliver|transcript of session|"
    r"this message was created automatically by mail delivery|the following (?:address|recipient|message).{0,60}(?:fail|not|"
    r"undeliver|error|problem|could)|your (?:e-?mail |mail )?message .{0,80}(?:was not|could not|cannot|not be) (?:be )?deliver|"
    r"unable to deliver (?:your )?(?:message|mail)|----- (?:transcript|the following addresses)|delivery to the following|"
    r"returned message follows|original message follows|message could not be delivered|permanent fatal errors|"
    r"did not reach the following|--- (?:below this line is|the header of the original)|following addresses had|"
    r"could not be delivered to|recipient.{0,60}(?:rejected|unknown)|undelivered|undeliverable",
    re.I | re.S,
)
AUTO_SUBJECT = re.compile(
    r"^\W*(?:(?:re|aw|sv|tr|fwd?|antw|odp|vs)\s?:\s*)?(?:auto(?:matic|mated|matische|matisch)?[- ]?(?:re(?:ply|sponse|spond\w*)|"
    r"antwort|answer|notification)|autoreply|auto ?response|out of (?:the )?office|ooo\b|away from (?:my |the )?(?:office|mail)|"
    r"vacation(?:\s*:| (?:reply|notice|message|response))|on (?:vacation|holiday|leave)\b|abwesenheit\w*|abwesend|automatische antwort|"
    r"(?:ich bin )?(?:nicht|außer) (?:im|haus)|r[ée]ponse automatique|absence du bureau|message d['’]absence|"
    r"respuesta autom[áa]tica|fuera de (?:la )?oficina|resposta autom[áa]tica|fora do escrit[óo]rio|risposta automatica|"
    r"fuori (?:sede|ufficio)|automatisch antwoord|afwezig\w*|autosvar|automatiskt? svar|automatisk svar|frånvaro\w*|"
    r"fravær\w*|automaattinen vastaus|poissa\w* |automatyczna odpowied[źz]|odpowied[źz] automatyczna|automatick[áa] odpov[ěe]ď|"
    r"автоответ|автоматический ответ|automatikus válasz|otomatik (?:yanıt|cevap)|自动回复|自動回覆|自動応答|자동 (?:회신|응답))",
    re.I,
)
NO_REPLY = re.compile(
    r"^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|noreply[-+._].*|.*[-+._]no[-_.]?reply|mailer[-_.]?daemon|postmaster|"
    r"ne[-_.]?pas[-_.]?repondre|keine[-_.]?antwort|nicht[-_.]?antworten|no[-_.]?responder|nao[-_.]?responda|bounces?(?:[-+=._].*)?|"
    r"listserv|majordomo|mdaemon|.*-(?:request|owner|bounces))$",
    re.I,
)
COMPLAINT = re.compile(r"^(?:complaint about message from|abuse report|\[?feedback loop|fbl )", re.I)
