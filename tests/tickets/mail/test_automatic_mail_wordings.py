"""What machines write, in their wordings, and what people write that looks like it."""

# ruff: noqa: E501 (samples)
import pytest

from tickets.mail.parsed import BouncedRecipients
from tickets.mail.parsing import ParsedMail, parse_mail

AUTO_REPLIES = """
Automatic reply: your box
Auto Reply: x
Autoreply: x
Auto: Re: x
Auto response: x
[Auto-Reply] Box
[Auto Reply] Re: Box
RE: Out of Office
Out of the office
Out of office: Re: box
OOO: box
OOO Re: box
I am out of office
I'm out of the office
Away from my desk
Vacation reply
Vacation response
Holiday notice
Ann is out of the office
Ann Example is out of office.
Ann Example/DE is out of the office (returning 05.11.2026)
Automated response: box
Automated reply
Auto-reply from Ann
Automatische Antwort: Ihre Box
Automatische Rückantwort
Automatische Abwesenheitsnotiz
Abwesenheitsnotiz: Re: Box
Abwesenheitsnachricht
Abwesenheitsbenachrichtigung
Abwesend: Box
Abwesenheit: Box
Abwesenheitsagent
Nicht im Büro: Box
Außer Haus
Urlaubsbenachrichtigung
Autom. Antwort: Box
AUTO: Ann Example ist außer Haus (Rückkehr am 05.11.2026)
AUTO: Ann Example is out of the office (returning 05/11/2026)
Réponse automatique : Box
Réponse automatique: Box
Reponse auto: Box
Absence : box
Absent du bureau
Absence du bureau : Box
Message d'absence
Notification d'absence
Respuesta automática: Box
Respuesta automatica
Fuera de la oficina: Box
Fuera de oficina
Resposta automática: Box
Resposta Automatica
Ausência temporária
Fora do escritório
Ausente do escritório: box
Risposta automatica: Box
Fuori ufficio: Box
Fuori sede
Assenza dall'ufficio
Automatisch antwoord: Box
Automatische reactie: Box
Automatisch bericht
Afwezigheidsbericht
Afwezig: Box
Niet aanwezig
Niet op kantoor
Autosvar: Box
Automatiskt svar: Box
Frånvaro: Box
Frånvaromeddelande
Inte på kontoret
Automatisk svar: Box
Fraværende: Box
Fravær: Box
Ikke på kontoret
Automaattinen vastaus: Box
Automaattivastaus
Poissa toimistolta: Box
Poissaoloilmoitus
Odpowiedź automatyczna: Box
Automatyczna odpowiedź: Box
Autoodpowiedź
Poza biurem: Box
Nieobecność w biurze
Automatická odpověď: Box
Automatická odpoveď: Box
Mimo kancelář: Box
Nepřítomnost
Automatikus válasz: Box
Házon kívül
Răspuns automat: Box
În afara biroului
Автоматический ответ: Box
Автоответ: Box
Автоответчик
Нет на месте
Автоматична відповідь: Box
Автовідповідь
Автоматичен отговор: Box
Otomatik yanıt: Box
Otomatik cevap
Ofis dışında: Box
Αυτόματη απάντηση: Box
Εκτός γραφείου
Automatski odgovor: Box
Samodejni odgovor: Box
Automaatvastus: Box
Automatinis atsakymas: Box
Automātiska atbilde: Box
自動応答: Box
自動返信: Box
不在通知
不在のお知らせ
自动回复: Box
自动答复: Box
自動回覆: Box
不在办公室: Box
자동 회신: Box
자동 응답: Box
부재중: Box
부재 중 알림
תשובה אוטומטית: Box
מענה אוטומטי
מחוץ למשרד
رد تلقائي: Box
الرد التلقائي
خارج المكتب
Balasan otomatis: Box
Trả lời tự động: Box
ตอบกลับอัตโนมัติ: Box
Resposta automàtica: Box
Thank you for contacting us (auto-reply)
Thank you for your email [auto-reply]
""".strip().split("\n")
# What people write too: an automatic answer only where it answers.
AWAY = """
On vacation
On holiday until 5 November
On annual leave
Maternity leave
On leave
Ich bin im Urlaub
Bin im Urlaub
Urlaub: Box
Im Urlaub bis 5.11.
En congés
En vacances
Je suis absente
Je suis en congé
Ausente: Box
De vacaciones
Estoy de vacaciones
De férias
Estou de férias
Assente: box
In ferie
Sono in ferie
Op vakantie
Semester: Box
På ferie
Lomalla
Urlop: Box
В отпуске
外出
休假: box
""".strip().split("\n")
NO_REPLIES = """
Box arrived broken
Holiday box question
My vacation box
Out of stock?
Absolutely broken
Autobox
Automatic renewal question
Automatische Verlängerung
Réponse à votre mail
Urlaubsadresse ändern
Vacation hold for my box
On holiday - please hold my box
Please pause, I am on vacation
Ferienadresse
Away from home next week, hold my delivery
Leave a parcel with the neighbour
Absent at delivery
Out of coffee
Ferie: hold my box
Reply needed
Automatic payment failed
Auto-renewal
Autopay
Respuesta a su correo
Pause for vacation
Box während Urlaub
Semester
Im Urlaub: Box pausieren?
Urlaub - bitte Box anhalten
""".strip().split("\n")
PERMANENT = {
    "exchange_ndr_plain": (
        "From: System Administrator <postmaster@corp.example>\nSubject: Undeliverable: Your box",
        "Your message\n\n  To:      gone@corp.example\n  Subject: Your box\n  Sent:    Mon, 2 Nov 2026 10:00:00\n\ndid not reach the following recipient(s):\n\ngone@corp.example on Mon, 2 Nov 2026 10:00:01\n    The e-mail account does not exist at the organization this message was\nsent to.  Check the e-mail address, or contact the recipient directly to find out\nthe correct address.\n    <mx.corp.example #5.1.1>",
    ),
    "exchange_de": (
        "From: Microsoft Outlook <postmaster@corp.example>\nSubject: Unzustellbar: Ihre Box",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\ngone@corp.example\nDie eingegebene E-Mail-Adresse konnte nicht gefunden werden.\n\nDiagnoseinformationen für Administratoren:\n\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##",
    ),
    "exchange_fr": (
        "From: Microsoft Outlook <postmaster@corp.example>\nSubject: Non remis : Votre box",
        "Échec de la remise à ces destinataires ou groupes :\n\ngone@corp.example\nL'adresse de courrier que vous avez entrée est introuvable.\n\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##",
    ),
    "o365_es": (
        "From: postmaster@corp.example\nSubject: No se puede entregar: Su caja",
        "No se pudo entregar el mensaje a estos destinatarios:\n\ngone@corp.example\n\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'",
    ),
    "o365_it": (
        "From: postmaster@corp.example\nSubject: Non recapitabile: La tua box",
        "Impossibile recapitare il messaggio a gone@corp.example\n550 5.1.10",
    ),
    "o365_pt": (
        "From: postmaster@corp.example\nSubject: Não é possível entregar: Sua caixa",
        "Não foi possível entregar sua mensagem a gone@corp.example.\n550 5.1.10",
    ),
    "o365_nl": (
        "From: postmaster@corp.example\nSubject: Onbestelbaar: Uw box",
        "Uw bericht aan gone@corp.example kan niet worden bezorgd.\n550 5.1.10",
    ),
    "o365_pl": (
        "From: postmaster@corp.example\nSubject: Niedostarczalne: Box",
        "Nie można dostarczyć wiadomości do gone@corp.example\n550 5.1.10",
    ),
    "o365_sv": (
        "From: postmaster@corp.example\nSubject: Det går inte att leverera: Box",
        "Ditt meddelande till gone@corp.example kunde inte levereras.\n550 5.1.10",
    ),
    "o365_da": (
        "From: postmaster@corp.example\nSubject: Kan ikke leveres: Box",
        "Din meddelelse til gone@corp.example kunne ikke leveres.\n550 5.1.10",
    ),
    "o365_fi": (
        "From: postmaster@corp.example\nSubject: Toimittaminen ei onnistu: Box",
        "Viestiä ei voitu toimittaa vastaanottajalle gone@corp.example\n550 5.1.10",
    ),
    "o365_cs": (
        "From: postmaster@corp.example\nSubject: Nedoručitelné: Box",
        "Vaši zprávu se nepodařilo doručit na gone@corp.example.\n550 5.1.10",
    ),
    "o365_ru": (
        "From: postmaster@corp.example\nSubject: Недоставлено: Box",
        "Не удалось доставить сообщение для gone@corp.example\n550 5.1.10",
    ),
    "o365_tr": (
        "From: postmaster@corp.example\nSubject: Teslim edilemedi: Box",
        "İletiniz gone@corp.example adresine teslim edilemedi.\n550 5.1.10",
    ),
    "o365_ja": (
        "From: postmaster@corp.example\nSubject: 配信不能: Box",
        "次の受信者またはグループへの配信に失敗しました:\n\ngone@corp.example\n550 5.1.10",
    ),
    "o365_zh": (
        "From: postmaster@corp.example\nSubject: 无法送达: Box",
        "你的邮件无法送达以下收件人：\n\ngone@corp.example\n550 5.1.10",
    ),
    "o365_zhtw": (
        "From: postmaster@corp.example\nSubject: 無法傳遞: Box",
        "您的郵件無法傳遞給 gone@corp.example\n550 5.1.10",
    ),
    "o365_ko": (
        "From: postmaster@corp.example\nSubject: 배달되지 않음: Box",
        "다음 받는 사람에게 배달하지 못했습니다:\n\ngone@corp.example\n550 5.1.10",
    ),
    "postfix_nodsn": (
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n<gone@corp.example>: host mx.corp.example[192.0.2.1] said: 550 5.1.1\n    <gone@corp.example>: Recipient address rejected: User unknown (in reply to\n    RCPT TO command)",
    ),
    "exim": (
        "From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  gone@corp.example\n    host mx.corp.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<gone@corp.example>:\n    550 5.1.1 User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <help@box.example>",
    ),
    "qmail": (
        "From: MAILER-DAEMON@mx.example\nSubject: failure notice",
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<gone@corp.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 User unknown\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n",
    ),
    "gmail_old": (
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)",
        "Delivery to the following recipient failed permanently:\n\n     gone@corp.example\n\nTechnical details of permanent failure: \nGoogle tried to deliver your message, but it was rejected by the server for the recipient domain corp.example.\n\n----- Original message -----\n",
    ),
    "gmail_new": (
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)",
        "** Address not found **\n\nYour message wasn't delivered to gone@corp.example because the address couldn't be found, or is unable to receive mail.\n\nThe response from the remote server was:\n550 5.1.1 The email account that you tried to reach does not exist.",
    ),
    "gmail_de": (
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)",
        "** Adresse nicht gefunden **\n\nIhre Nachricht wurde nicht an gone@corp.example zugestellt, weil die Adresse nicht gefunden wurde oder keine E-Mails empfangen kann.",
    ),
    "yahoo": (
        "From: MAILER-DAEMON@yahoo.com\nSubject: Failure Notice",
        "Sorry, we were unable to deliver your message to the following address.\n\n<gone@corp.example>:\nRemote host said:\n550 5.1.1 User unknown\n [RCPT_TO]\n\n--- Below this line is a copy of the message.\n",
    ),
    "notes": (
        "From: Postmaster@corp.example\nSubject: DELIVERY FAILURE: User gone (gone@corp.example) not listed in Domino Directory",
        "Your message\n\n  Subject: Your box\n\nwas not delivered to:\n\n  gone@corp.example\n\nbecause:\n\n  User gone (gone@corp.example) not listed in Domino Directory\n",
    ),
    "gmx": (
        "From: GMX Mailer Daemon <mailer-daemon@gmx.net>\nSubject: Mail delivery failed: returning message to sender",
        'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to\none or more of its recipients. This is a permanent error.\nThe following address failed:\n\n"gone@corp.example":\nSMTP error from remote server after RCPT command:\n550 unknown user',
    ),
    "1und1": (
        "From: Mail Delivery System <mailer-daemon@kundenserver.de>\nSubject: Unzustellbar: Ihre Box",
        "Diese Nachricht wurde automatisch erzeugt.\n\nDie folgende Nachricht konnte nicht zugestellt werden:\n\nAn: gone@corp.example\n550 unknown user",
    ),
    "postfix_de": (
        "From: MAILER-DAEMON@mx.example\nSubject: Nicht zustellbare E-Mail",
        "Ihre Nachricht konnte an folgende Empfänger nicht zugestellt werden:\n\n<gone@corp.example>: 550 5.1.1",
    ),
    "ses_json": (
        "From: AWS Notifications <no-reply@sns.amazonaws.com>\nSubject: Amazon SES Email Event Notification",
        '{"eventType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"gone@corp.example","action":"failed","status":"5.1.1"}]},"mail":{"messageId":"x"}}',
    ),
    "outlook_com": (
        "From: postmaster@outlook.com\nSubject: Delivery Status Notification (Failure)",
        "This is an automatically generated Delivery Status Notification.\n\nDelivery to the following recipients failed.\n\n       gone@corp.example\n",
    ),
    "aol": (
        "From: Mail Delivery Subsystem <MAILER-DAEMON@aol.com>\nSubject: Returned mail: User unknown",
        "The original message was received at Mon, 2 Nov 2026\n\n   ----- The following addresses had permanent fatal errors -----\n<gone@corp.example>\n\n   ----- Transcript of session follows -----\n550 MAILBOX NOT FOUND",
    ),
    "mailru": (
        "From: mailer-daemon@corp.mail.ru\nSubject: Mail failure.",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  gone@corp.example\n    unknown user\n",
    ),
    "yandex": (
        "From: mailer-daemon@yandex.ru\nSubject: Недоставленное сообщение",
        "Здравствуйте!\n\nПисьмо не доставлено следующим адресатам:\n\n<gone@corp.example>: 550 5.1.1 user unknown",
    ),
    "qq": (
        "From: PostMaster@qq.com\nSubject: 系统退信",
        "退信原因:\n收件人邮件地址（gone@corp.example）不存在，邮件无法送达。\nhost said: 550 Mailbox not found",
    ),
    "mimecast": (
        "From: postmaster@mimecast.example\nSubject: [Postmaster] Email Delivery Failure",
        "The following email could not be delivered.\n\nRecipient: gone@corp.example\nReason: 550 Invalid Recipient",
    ),
    "quota": (
        "From: <>\nReturn-Path: <>\nSubject: Mail delivery failed",
        "Mailbox of gone@corp.example is full. 552 5.2.2 quota exceeded",
    ),
}
TEMPORARY = {
    "exim_delay": (
        "From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Warning: message 1abc-0001 delayed 24 hours",
        "This message was created automatically by mail delivery software.\n\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.\n\nThe address to which the message has not yet been delivered is:\n\n  slow@corp.example\n\nNo action is required on your part. Delivery attempts will continue for\nsome time",
    ),
    "gmail_delay": (
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Delay)",
        "This is an automatically generated Delivery Status Notification\n\nTHIS IS A WARNING MESSAGE ONLY.\n\nYOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\nDelivery to the following recipient has been delayed:\n\n     slow@corp.example\n\nMessage will be retried for 2 more day(s)",
    ),
    "ses_json_old": (
        "From: AWS Notifications <no-reply@sns.amazonaws.com>\nSubject: AWS Notification Message",
        '{"notificationType":"Bounce","bounce":{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"slow@corp.example"}]},"mail":{"messageId":"x"}}',
    ),
}
WITHOUT_RECIPIENT = {
    "groupwise": (
        "From: Mailer-Daemon@corp.example\nSubject: Message status - undeliverable",
        "The message that you sent was undeliverable to the following:\n\tgone (user not found)\n",
    ),
    "fml": (
        "From: list-admin@lists.example\nX-MLServer: fml [fml 4.0.3]\nSubject: You help@box.example are not member (news ML)",
        "You are not a member of this mailing list <news@lists.example>.\n",
    ),
    "mailman_reject": (
        "From: list-bounces@lists.example\nX-Mailman-Version: 2.1.29\nSubject: Request to mailing list Members rejected",
        'Your request to the Members mailing list\n\n    Posting of your message titled "Your box"\n\nhas been rejected by the list moderator.',
    ),
}
NO_BOUNCES = {
    "customer_undeliv": (
        "From: Ann <ann@example.com>\nSubject: Undelivered box",
        "My box was not delivered. The address was unknown to DHL. User error 550.",
    ),
    "customer_fw": (
        "From: Ann <ann@example.com>\nSubject: Fwd: Mail delivery failed",
        "I tried to write you but got this:\n\n---------- Forwarded message ---------\nFrom: Mailer-Daemon\nSubject: Mail delivery failed\n\n550 User unknown, could not be delivered",
    ),
    "customer_full": (
        "From: Ann <ann@example.com>\nSubject: Delivery problem",
        "Delivery to the neighbour failed, the mailbox is full of snow. Recipient unknown.",
    ),
    "de": (
        "From: Ann <ann@example.com>\nSubject: Zustellung fehlgeschlagen",
        "Das Paket konnte nicht zugestellt werden.",
    ),
    "noreply_shop": (
        "From: Shop <no-reply@shop.example>\nSubject: Delivery failed",
        "Your parcel could not be delivered to the address. 550 Main street does not exist.",
    ),
    "dhl": (
        "From: DHL <noreply@dhl.de>\nSubject: Ihre Sendung konnte nicht zugestellt werden",
        "Die Sendung konnte nicht zugestellt werden. Empfänger unbekannt.",
    ),
    "post": (
        "From: Bounce House <info@bouncehouse.example>\nSubject: bounce castle delivery error",
        "The castle could not be delivered, recipient unknown.",
    ),
    "permanent": (
        "From: Ann <ann@example.com>\nSubject: temporary address",
        "I am at a temporary address. The old account does not exist.",
    ),
    "tracking": (
        "From: UPS <tracking@ups.example>\nSubject: Delivery exception, package returned to sender",
        "Your package could not be delivered: address does not exist.",
    ),
}
AUTO_HEADERS = """
Auto-Submitted: auto-replied
X-Autoreply: yes
X-Autorespond: x
X-Autogenerated: reply
Precedence: auto_reply
X-Vacation: yes
X-FC-MachineGenerated: true
Preference: auto_reply
X-Precedence: auto_reply
X-POST-MessageClass: 9; Autoresponder
Delivered-To: Autoresponder
X-Mail-Autoreply: x
X-Autoreply-Domain: x.example
X-Zoho-Auto-Reply: true
Content-Type: multipart/report; report-type=disposition-notification
""".strip().split("\n")


def read(headers: str, body: str = "I am back on Monday.") -> ParsedMail:
    raw = f"{headers}\nTo: help@box.example\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    return parse_mail(raw.encode())


def kinds(subjects: list[str], more: str = "") -> dict[str, str | None]:
    return {subject: read(f"From: a@b.example\nSubject: {subject}{more}").automatic for subject in subjects}


def test_subjects_of_automatic_replies():
    assert kinds(AUTO_REPLIES) == dict.fromkeys(AUTO_REPLIES, "auto_reply")


def test_words_of_absence_are_an_automatic_reply_only_where_they_answer():
    assert kinds(AWAY, "\nIn-Reply-To: <1@box.example>") == dict.fromkeys(AWAY, "auto_reply")
    assert kinds(AWAY) == dict.fromkeys(AWAY)


def test_subjects_of_people():
    assert kinds(NO_REPLIES) == dict.fromkeys(NO_REPLIES)


def test_headers_of_automatic_replies():
    found = {header: parse_mail(f"From: a@b.example\n{header}\n\nHi".encode()).automatic for header in AUTO_HEADERS}
    assert found == dict.fromkeys(AUTO_HEADERS, "auto_reply")
    assert read("From: a@b.example\nX-Autoreply: no\nX-Auto-Response-Suppress: DR").automatic is None


@pytest.mark.parametrize("name", PERMANENT)
def test_bounce_for_good(name):
    mail = read(*PERMANENT[name])
    assert (mail.automatic, mail.bounced_recipients) == ("bounce", BouncedRecipients(("gone@corp.example",), ()))


@pytest.mark.parametrize("name", TEMPORARY)
def test_bounce_for_now(name):
    mail = read(*TEMPORARY[name])
    assert (mail.automatic, mail.bounced_recipients) == ("bounce", BouncedRecipients((), ("slow@corp.example",)))


@pytest.mark.parametrize("name", WITHOUT_RECIPIENT)
def test_bounce_that_names_nobody(name):
    mail = read(*WITHOUT_RECIPIENT[name])
    assert (mail.automatic, mail.bounced_recipients) == ("bounce", BouncedRecipients())


@pytest.mark.parametrize("name", NO_BOUNCES)
def test_parcels_that_did_not_arrive_are_no_bounces(name):
    assert read(*NO_BOUNCES[name]).automatic != "bounce"
