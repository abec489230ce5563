"""What mail programs write around a reply, in the languages that they are sold in."""

# ruff: noqa: E501 (word lists read better unbroken)

# Labels of the header block that Outlook, Yahoo, phones and forwards put above another's mail.
LABELS: dict[str, str] = {
    "from": (
        "from|von|de|da|van|från|fra|frá|lähettäjä|od|kto|от|от кого|від|від кого|feladó|kimden|gönderen|från|saatja|"
        "no|nuo|kas|από|desde|remitente|expéditeur|mittente|afzender|nadawca|odesílatel|odosielateľ|šalje|pošiljatelj|"
        "de la|dari|từ|จาก|发件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람|发送人|מאת|מ|من|sender|absender|avsändare|"
        "afsender|avsender|nga|igorlea|oddano od|از"
    ),
    "date": (
        "sent|date|gesendet|datum|envoyé|envoyé le|enviado|enviado el|enviada em|enviado em|enviada|fecha|data|inviato|"
        "inviata|verzonden|skickat|sendt|sent on|lähetetty|päivämäärä|päiväys|wysłano|data wysłania|odesláno|odoslané|"
        "дата|отправлено|надіслано|dátum|elküldve|küldve|tarih|gönderildi|gönderilme|saadetud|kuupäev|sent at|"
        "ημερομηνία|εστάλη|poslano|trimis|trimisă|dikirim|tanggal|đã gửi|ngày|ส่งเมื่อ|วันที่|发送时间|日期|时间|寄件日期|傳送時間|"
        "送信日時|日時|日付|날짜|보낸 날짜|נשלח|תאריך|تاريخ|أُرسلت|تم الإرسال|dato|data i godzina|nosūtīts|išsiųsta|send|received|"
        "empfangen|изпратено"
    ),
    "to": (
        "to|an|à|para|a|aan|till|til|vastaanottaja|do|komu|кому|до|címzett|kime|alıcı|kellele|saaja|προς|prima|za|către|"
        "kepada|đến|tới|ถึง|收件人|收件者|宛先|받는 사람|받는사람|אל|ל|إلى|pour|destinataire|destinatario|naar|ontvanger|empfänger|"
        "mottagare|adresat|odbiorca|kam|kam adresuota|k|recipient|al|per|za koho"
    ),
    "subject": (
        "subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|тема|tárgy|"
        "konu|teema|θέμα|subiect|subjek|perihal|chủ đề|tiêu đề|หัวเรื่อง|เรื่อง|主题|主題|主旨|件名|제목|נושא|الموضوع|naslov|zadeva|"
        "относно|efni|tēma|tema|assumpte|re"
    ),
    "cc": (
        "cc|kopie|kopia|kopi|copie|copia|cópia|kopija|копия|копія|másolat|bilgi|κοιν|抄送|副本|참조|עותק|نسخة|c.c.|bcc|"
        "cci|reply-to|antwort an|répondre à|responder a|rispondi a|antwoord aan|importance|wichtigkeit|priorität|"
        "attachments|anlagen|pièces jointes|prioriteit|organization|organisation|kopia do|dw|udw|másolatot kap|ответить"
    ),
}

# Verbs of "On … somebody wrote:".
WROTE = (
    r"wrote|writes|schrieb|geschrieben|a [ée]crit|[ée]crit|escribi[óo]|escribió lo siguiente|escreveu|ha scritto|scrisse|"
    r"schreef|geschreven|skrev|följande|kirjoitti|napisa[lł]\(?a?\)?|napísala?|napísal\(?a?\)?|napsal\(?a?\)?|napisal[ao]?|"
    r"(?:je )?napisa[ol](?:/la|/a|\(la\))?|напис[ао]л(?:\(а\)|а)?|писал(?:\(а\)|а)?|пишет|пише|написа|írta|yazdı|"
    r"yazmış|έγραψε|a scris|menulis|đã viết|viết|เขียน(?:ว่า)?|写道|寫道|撰寫|写到|写|のメール|書きました|wrote|"
    r"님이 작성|작성|작성했습니다|כתב(?:/ה|ה)?|كتب(?:ت)?|va escriure|escrigué|kirjutas|rakst[īi]ja|rašė|parašė|skrifaði|"
    r"idatzi zuen|shkroi|nوشت|نوشت|ने लिखा|skreiv|scríobh"
)
# First words of such a line. (A date or a name may come first as well.)
OPENERS = (
    r"on|at|in|le|am|im|el|il|em|en|no|op|den|d[\.]|på|vào|pada|tanggal|dnia|w dniu|dne|dňa|pe|ma|ti|ke|to|la|su|a|on|"
    r"в|от|dana|u|ma|ngày|於|在|เมื่อ|ב-?|בתאריך|في|tarihinde|στις|la data|data|il giorno|el día|"
    r"mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|понедельник|вторник|среда|четверг|пятница|суббота|"
    r"воскресенье|пн|вт|ср|чт|пт|сб|вс"
)

FORWARDS = (
    r"forwarded message|forwarded by .{1,80}|begin forwarded message|weitergeleitete (?:nachricht|e-?mail)|"
    r"anfang der weitergeleiteten (?:nachricht|e-?mail)|beginn der weitergeleiteten nachricht|"
    r"message transf[ée]r[ée]|d[ée]but du message (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée])|mensaje reenviado|"
    r"inicio del mensaje reenviado|mensagem encaminhada|in[íi]cio da mensagem (?:encaminhada|reencaminhada)|"
    r"messaggio inoltrato|inizio messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd bericht|"
    r"vidarebefordrat (?:meddelande|mejl)|vidarebefordrat brev|videresendt (?:besked|melding|meddelelse|e-post)|"
    r"start på videresendt melding|(?:start på )?videresendt besked|välitetty viesti|edelleenlähetetty viesti|"
    r"przekazana wiadomość|wiadomość przekazana dalej|początek przekazanej wiadomości|přeposlaná zpráva|"
    r"preposlaná správa|továbbított (?:üzenet|levél)|iletilmiş (?:mesaj|ileti)|yönlendirilen (?:mesaj|ileti)|"
    r"пересылаемое (?:сообщение|письмо)|пересланное (?:сообщение|письмо)|начало переадресованного сообщения|"
    r"переслане повідомлення|προωθημένο μήνυμα|mesaj redirecționat|proslijeđena poruka|posredovano sporočilo|"
    r"转发的邮件|转发邮件|轉寄的?郵件|轉寄訊息|開始轉寄郵件|转发的消息|転送メッセージ|転送されたメール|전달된 메시지|전달된 메일|"
    r"הודעה שהועברה|رسالة معاد توجيهها|pesan terusan|thư đã chuyển tiếp|tin nhắn đã chuyển tiếp|missatge reenviat"
)
ORIGINALS = (
    r"original (?:message|e-?mail|appointment)|reply message|replied message|urspr[üu]ngliche (?:nachricht|e-?mail)|"
    r"original-?nachricht|message d['’]origine|message original|courriel original|e-?mail d['’]origine|mensaje original|"
    r"mensagem original|messaggio originale|oorspronkelijk (?:bericht|e-mail)|origineel bericht|"
    r"ursprungligt meddelande|originalmeddelande|oprindelig (?:meddelelse|besked|e-mail)|opprinnelig melding|"
    r"alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní (?:zpráva|e-mail)|pôvodná správa|"
    r"eredeti üzenet|orijinal (?:mesaj|ileti)|исходное сообщение|оригинальное сообщение|первоначальное сообщение|"
    r"оригінальне повідомлення|αρχικό μήνυμα|mesaj original|mesajul original|izvorna poruka|izvirno sporočilo|"
    r"原始邮件|原始郵件|原邮件|元のメッセージ|元のメール|원본 메시지|원본 메일|הודעה מקורית|الرسالة الأصلية|pesan asli|"
    r"thư gốc|missatge original|algne kiri"
)

# A line that a phone or an app adds below what its owner wrote.
DEVICES = (
    r"iphon\w*|ipad\w*|ipod\w*|ios|android\w*|blackberry|samsung|galaxy|huawei|xiaomi|redmi|honor|oneplus|nokia|motorola|"
    r"wiko|htc|sony|xperia|lg|pixel|alcatel|windows|mobile|mobil\w*|phone|smartphone|handy|cell|cellphone|device|tablet|"
    r"surface|outlook|yahoo|gmail|mail|mailbox|hotmail|aol|gmx|web\.de|proton ?mail\w*|tutanota|tuta|airmail|spark|"
    r"typeapp|bluemail|blue|newton|nine|fairemail|thunderbird|k-9|aqua ?mail|sparrow|polymail|superhuman|hey|edison|"
    r"canary|mailspring|zoho|fastmail|myMail|mail\.ru|yandex|verizon|at&t|t-mobile|vodafone|telekom|orange|free|laposte|sfr|"
    r"mac|macbook|computer|pc|watch|ti-85|telefon\w*|téléphone|teléfono|telefono|celular|móvil|movil|portable|"
    r"телефон\w*|смартфон\w*|устройств\w*|айфон\w*"
)
SENT_FROM = (
    r"sent (?:from|via|by|with|using|on)|from my|someone from|composed (?:on|with)|(?:von|vom) mein\w*|"
    r"(?:gesendet|verschickt|versendet|geschrieben) (?:von|mit|vom|aus|via|über)|"
    r"diese (?:nachricht|e-?mail|mail) wurde (?:von|mit|vom)|"
    r"envoy[ée]e? (?:depuis|de|[àa] partir d|avec|par)|enviad[oa] (?:desde|do|de|a partir d|via|con|pelo|com|por)|"
    r"inviato d|inviata d|verzonden (?:met|vanaf|via|van|door)|verstuurd (?:vanaf|met|via|van)|"
    r"skickat (?:från|med|via)|skickades från|sendt (?:fra|med|via)|lähetetty|lähetin|wysłan[eoy] (?:z|ze|przez)|"
    r"odesláno (?:z|ze|pomocí)|odoslané (?:z|zo)|отправлено (?:с|из|от)|послано с|надіслано (?:з|із)|"
    r"elküldve|.{0,30}(?:dan|den|ımdan|umdan|imden|tan|ten) gönderildi|trimis (?:de pe|din|de la)|"
    r"poslano (?:z|s|iz|sa)|изпратено от|στάλθηκε από|dikirim dari|được gửi từ|đã gửi từ|enviat des|"
    r"נשלח מ|أرسلت من|أُرسلت من|تم الإرسال من|發自我的|发自我的|发送自我?|傳送自我?的?|寄自我的|從我的"
)
# The like where the device is named first, or nothing but the app's advertisement.
WHOLE_FOOTERS = (
    r"從我的 ?.{1,40} ?(?:傳送|寄出|發送)|从我的 ?.{1,40} ?(?:发送|发出)|.{1,40}から送信(?:されました)?|.{1,40}에서 보(?:냄|낸 메일.*)|"
    r"나의 .{1,40}에서 보냄|.{1,30} cihazımdan gönderildi|.{1,30}[’']?(?:mdan|mden|dan|den) gönderildi|"
    r"von mein\w+ .{1,60} (?:gesendet|geschickt|verschickt)|"
    r"(?:get|hol\w* sie sich|obtenir|téléchargez|obtener|obtenga|descarga\w*|scarica|ottieni|hent|hämta|skaffa|baixe|obter|"
    r"download|pobierz|stáhn\w+|скачать|загрузить) outlook (?:for|für|pour|para|per|voor|til|för|dla|pro|для) (?:ios|android|mac|windows|iphone)\b.{0,80}|"
    r"outlook (?:for|für|pour|para|per|voor) (?:ios|android|mac)\b.{0,80}|"
    r"(?:please )?(?:excuse|pardon|forgive) (?:any |my |the )?(?:brevity|typos|terse\w*).{0,60}|"
    r"(?:téléchargé|provenance) .{0,20}: (?:courrier|mail) (?:pour|for) windows.{0,60}|"
    r"gesendet mit der .{0,40}(?:app|mail).{0,20}|sent with .{1,40}"
)
