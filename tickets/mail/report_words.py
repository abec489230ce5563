"""What machines write in the mails that they send: senders, subjects and phrases, in many languages."""

# ruff: noqa: E501 (word lists read better unbroken)

import re

DAEMON = re.compile(
    r"mailer[-_.]?daemon|mail[-_ .]?delivery|postmaster|mdaemon|maildaemon|mail[-_ ]daemon|daemon@|mail administrator|"
    r"mail router|mailrouter|delivery[-_ ]?(?:sub)?system|\bmmdf\b|uucp@|mail system|smtp gateway|mailsystem|"
    r"exchange (?:system|server)|system administrator|microsoft outlook|returned[-_ ]?mail|"
    r"mail[-_ ]?marshal|email ?delivery",
    re.I,
)
# Robots that send much else besides: only what speaks of a mail is a bounce of theirs.
ROBOT = re.compile(r"bounce|complaints@|nobody@|root@|no[-_.]?reply@|administrator@", re.I)
OF_MAIL = re.compile(
    r"e-?mail|\bmessage\b|\bmail\b|mailbox|smtp|nachricht|postfach|mensaje|mensagem|messaggio|courriel|meddelande|besked|melding|"
    r"wiadomo|zpráv|správ|viesti|üzenet|mesaj|ileti|письм|сообщени|повідомлен|メール|邮件|郵件|메일|메시지|דואר|הודע|رسالة|بريد",
    re.I,
)
ENHANCED = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
SERVER_SAID = re.compile(
    r"\b[45]\d\d[ -]|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])|\bsmtp\b|remote (?:server|host)|\bmx\b", re.I
)
DELAYED = re.compile(
    r"has(?:n't| not) yet been delivered|been delayed|will (?:be )?(?:retr|tr(?:y|ied) again)|delivery attempts will continue|warning message only|"
    r"still trying|verzögert|noch nicht zugestellt|retardé|retrasad|atrasad|ritardat|vertraagd|försen|forsink|opóźni|zpožd|задерж|затрим|延迟|遅延|지연",
    re.I,
)
LIST_REFUSED = re.compile(
    r"are not (?:a )?member|not (?:a )?member article|request to mailing list .{0,100}rejected|(?:posting|message|mail|article) .{0,60}(?:rejected|ignored|"
    r"not allowed)|reject mail|not (?:allowed|authori[sz]ed|permitted) to (?:post|send)|membership required",
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
    r"zustellung|zustellfehler|fehlgeschlagen|non remis|échec|non distribu|non (?:consegn|recapit)|mancat[oa] (?:consegna|recapito)|no (?:se )?(?:ha |pudo |puede )"
    r"(?:podido|entregar)|no entregad|não (?:é possível|foi possível) entregar|kan niet worden bezorgd|niet bezorgd|niedostarczalne|nie (?:można|udało się) dostarcz|"
    r"(?:går inte att|kunde inte|kan inte) leverera|olevererbart|kan ikke leveres|kunne ikke leveres|ikke levert|toimittaminen ei onnistu|ei voitu toimittaa|"
    r"nedoručiteln|nedoručen|nem kézbesíthető|kézbesíthetetlen|nelivrabil|teslim edilem|iletilemedi|не удалось доставить|не доставлено|无法送达|無法傳遞|无法投递|"
    r"배달되지 않|배달할 수 없|전달되지 않|לא נמסר|تعذر التسليم|nicht zustellbar|não entregue|onbestelbaar|не доставлен|недоставлен|couldn'?t be delivered|can'?t be delivered|"
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
ANSWERS = r"^\W*(?:(?:re|aw|sv|vs|tr|fwd?|antw|odp|ynt|r|res|回复|答复)\s?[:：]\s*)*"
# What programs put before the subject that they answer. None of it begins what a customer writes.
AUTO_SUBJECT = re.compile(
    rf"{ANSWERS}\W*(?:(?:abwesend|abwesenheit|afwezig|absence)\s?:|auto(?:matic|mated|matische|matisch)?[-. ]?(?:re(?:ply|sponse|spond\w*)|antwort|answer|rückantwort)|auto ?response|"
    r"automated notification|automatic notification|auto\s?:\s|"
    r"(?:i am |i[’']m )?(?:currently )?(?:out of (?:the |my )?(?:office|town)|away from (?:my |the )?(?:office|mail|e-?mail|desk))|ooo\s?(?:[:\-(]|re:|$)|"
    r"vacation (?:reply|notice|message|response|auto\w*)|holiday (?:notice|auto\w*)|"
    r"abwesenheits?(?:notiz|nachricht|benachrichtigung|meldung|agent|assistent|info\w*|hinweis)|"
    r"automatische (?:antwort|rückantwort|abwesenheits\w+|nachricht)|autom\. (?:antwort|rückantwort)|"
    r"urlaubs(?:benachrichtigung|notiz|meldung|nachricht)|(?:ich bin )?(?:derzeit |momentan )?(?:nicht im (?:büro|haus)|außer haus)|"
    r"r[ée]ponse auto(?:matique)?|(?:absence|absente?) du bureau|(?:message|notification|avis) d['’]absence|"
    r"respuesta autom[áa]tica|(?:estoy )?fuera de (?:la )?oficina|respuesta de ausencia|"
    r"resposta autom[áaà]tica|(?:fora|ausente) do escrit[óo]rio|mensagem de aus[êe]ncia|aus[êe]ncia (?:tempor[áa]ria|do escrit[óo]rio)|"
    r"risposta automatica|fuori (?:sede|ufficio)\b|assenza dall['’]ufficio|messaggio di assenza|"
    r"automatisch (?:antwoord|bericht)|automatische (?:reactie|beantwoording)|afwezigheids\w*|niet (?:aanwezig|op kantoor)|"
    r"auto(?:matisk)?svar|automatiskt? (?:svar|meddelande)|automatisk (?:svar|besked)|frånvaro(?:meddelande|besked)?\b|inte på kontoret|"
    r"fraværs(?:besked|melding|meddelelse)|fravær\s?:|fraværende\s?:|ikke på kontoret|"
    r"automaatti(?:nen|) ?vastaus|poissa (?:toimistolta|paikalta)|poissaoloilmoitus|poissaoloviesti|"
    r"automatyczna odpowied[źz]|odpowied[źz] automatyczna|autoodpowied[źz]|autoresponder|poza biurem|nieobecno[śs][ćc] w (?:biurze|pracy)|"
    r"automatick[áa] odpov[ěe][ďd]|mimo kancel[áa][řr]|(?:oznámení o )?nep[řr][ií]tomnost|"
    r"авто(?:ответ\w*|матический ответ)|нет на месте|нет в офисе|автоматична відповідь|автовідповід\w*|автоматичен отговор|"
    r"automatikus válasz|házon kívül|r[ăa]spuns automat|[îi]n afara biroului|otomatik (?:yan[ıi]t|cevap)|(?:ofis|büro) d[ıi][şs][ıi]nda|"
    r"αυτόματη απάντηση|εκτός γραφείου|automatski odgovor|samodejni odgovor|automaatvastus|automatinis atsakymas|automātisk\w atbilde|"
    r"自(?:动|動)(?:回复|回覆|答复|答覆|應答|応答|返信)|不在通知|不在のお知らせ|(?:我)?不在(?:办公室|辦公室)|외출 중|부재 ?중|자동 ?(?:회신|응답|답장)|"
    r"תשובה אוטומטית|מענה אוטומטי|מחוץ למשרד|(?:ال)?رد (?:ال)?تلقائي|خارج المكتب|balasan otomatis|jawaban otomatis|tr[ảa] l[ờơ]i t[ựu] đ[ộo]ng|"
    r"ตอบกลับอัตโนมัติ|erantzun automatikoa)",
    re.I,
)
# The like anywhere in a subject.
AUTO_WITHIN = re.compile(
    r"[(\[](?:auto(?:matic|mated)?[- ]?(?:reply|response)|autoreply|automatische antwort|out of (?:the )?office)[)\]]|"
    r"^\S+(?: \S+){0,3} (?:is|will be) (?:currently )?out of (?:the )?office\b",
    re.I,
)
# Words of absence that a customer writes too ("on holiday, please pause my box"): meant so in an answer, alone or
# before the subject that is answered.
AWAY_SUBJECT = re.compile(
    rf"{ANSWERS}(?:on (?:vacation|holidays?|(?:annual |maternity |parental |sick )?leave)|vacation|(?:annual|maternity|parental) leave|away|"
    r"(?:ich bin )?(?:bin )?im urlaub|urlaub|abwesend|abwesenheit|in elternzeit|(?:je suis )?(?:absente?|en (?:congés?|vacances))|absence|"
    r"(?:estoy )?(?:de vacaciones|ausente)|(?:estou )?(?:de férias|ausente)|(?:sono )?(?:in ferie|assente)|op vakantie|(?:ik ben )?afwezig|"
    r"(?:på )?semester|på ferie|fraværende|fravær|lomalla|urlop|na urlopie|dovolená|na dovolené|(?:я )?в отпуске|у відпустці|tatilde|izinde|szabadságon|"
    r"外出(?:中)?|休假(?:中)?|休暇(?:中)?)\b\s*(?:$|[:：]|\(|(?:until|till|bis|jusqu|hasta|até|fino|tot|till och med|do|до)\b)",
    re.I,
)
NO_REPLY = re.compile(
    r"^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|noreply[-+._].*|.*[-+._]no[-_.]?reply|mailer[-_.]?daemon|postmaster|"
    r"ne[-_.]?pas[-_.]?repondre|keine[-_.]?antwort|nicht[-_.]?antworten|no[-_.]?responder|nao[-_.]?responda|bounces?(?:[-+=._].*)?|"
    r"listserv|majordomo|mdaemon|.*-(?:request|owner|bounces))$",
    re.I,
)
COMPLAINT = re.compile(
    r"^(?:complaint about message from|email feedback report for ip|abuse report|\[?feedback loop|fbl )", re.I
)
# A whole subject, or a whole mail, that wants no more mail.
UNSUBSCRIBE = re.compile(
    r"^(?:please |bitte |por favor,? |s'il vous plaît,? |per favore,? )?(?:unsubscribe(?: me)?(?: (?:from|to) .{0,60})?|remove me(?: from .{0,60})?|"
    r"(?:stop (?:sending )?(?:me )?|no more )(?:e-?mails?|newsletters?)|take me off .{0,20}list|(?:newsletter |vom newsletter )?(?:abmelden|abmeldung|abbestellen|austragen)|"
    r"(?:me |se )?(?:désabonner|désinscrire)|désabonnement|désinscription|(?:dar(?:me)? de )?baja|descadastrar|disiscriv\w+|disiscrizione|"
    r"cancellami(?: dalla .{0,30})?|uitschrijven|afmelden|avregistrera|avanmälan|afmeld(?: mig)?|meld meg av|wypisz(?: mnie)?|wypisanie|odhlásit|"
    r"отписат\w*|отписка|відписат\w*|配信停止(?:希望)?|退订|退訂|수신 ?거부|إلغاء الاشتراك|הסר|הסרה)[\s.!。]*$",
    re.I,
)
