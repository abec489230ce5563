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

# Labels of a date that a form has as well.
PLAIN_DATES = (
    "date|datum|data|fecha|дата|dato|tarih|dátum|ngày|tanggal|ημερομηνία|kuupäev|日期|时间|日時|日付|날짜|תאריך|تاريخ"
)

# Verbs of "On … somebody wrote:".
WROTE = (
    r"wrote|writes|thus spoke|schrieb|geschrieben|a [ée]crit|[ée]crit|escribi[óo]|escribió lo siguiente|escreveu|ha scritto|scrisse|"
    r"schreef|geschreven|skrev|följande|kirjoitti|napisa[lł]\(?a?\)?|napísala?|napísal\(?a?\)?|napsal\(?a?\)?|napisal[ao]?|"
    r"(?:je )?napisa[ol](?:/la|/a|\(la\)|la)?(?: je)?|pisze|напис[ао][лв](?:\(а\)|\(ла\)|ла|а)?|писал[аи]?(?:\(а\))?|пишет|пише|написа|írta|yazdı|"
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
    r"воскресенье|пн|вт|ср|чт|пт|сб|вс|нд|на|pon|wt|śr|czw|pt|sob|niedz|ndz|po|út|st|čt|pá|ne|ut|št|pi|man|tir|tor|lør|søn|mån|tis|ons|lör|sön|må|ty|on|du|joi|vin|mie|pazt|paz|hét|quoting|zitat|in article|at"
)

# "I wrote", "you wrote": their writer speaks, or answers; a program would name somebody and say when.
FIRST_PERSON = (
    r"\b(?:i|we|ich|wir|ik|wij|jag|vi|jeg|eu|io|yo|ja|já|ben|я|мы|ми)\s+(?:\w+\s){0,2}?{verb}|j['’]ai [ée]crit|{verb}\s+(?:ich|wir|ik|wij|jag|vi|jeg|я)\b|"
    r"\b(?:escribí|escrevi|ho scritto|napisa[łl][ae]m|yazdım)\b"
)
SECOND_PERSON = (
    r"\b(?:you|sie|ihr|du|u|jullie|ni|tú|usted(?:es)?|você|lei|вы|ви|ty|pan|pani)\s+(?:\w+\s){0,2}?{verb}|(?:vous avez|tu as) [ée]crit|"
    r"{verb}n?\s+(?:sie|ihr|du|u|jullie|ni)\b"
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
    r"original (?:message|e-?mail|appointment)(?:\s?/\s?[^\n-]{1,40}?)?|reply message|replied message|urspr[üu]ngliche (?:nachricht|e-?mail|mail)|urspr\. (?:mitteilung|nachricht)|"
    r"original-?nachricht|message d['’]origine|message original|courriel original|mail original|e-?mail d['’]origine|mensaje original|"
    r"(?:segue )?mensagem original!?|messaggio originale|oorspronkelijk (?:bericht|e-mail)|origineel bericht|"
    r"ursprungligt meddelande|originalmeddelande|oprindelig (?:meddelelse|besked|e-mail)|opprinnelig melding|"
    r"alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní (?:zpráva|e-mail)|pôvodná správa|"
    r"eredeti üzenet|(?:orijinal|özgün) (?:mesaj|ileti|e-?posta)|исходное сообщение|оригинальное сообщение|первоначальное сообщение|"
    r"оригінальне повідомлення|αρχικό μήνυμα|mesaj original|mesajul original|izvorna poruka|izvirno sporočilo|"
    r"原始邮件|邮件原件|原始郵件|原邮件|元のメッセージ|元のメール|원본 메시지|원본 메일|הודעה מקורית|الرسالة الأصلية|pesan asli|"
    r"thư gốc|missatge original|algne kiri"
)

# "Please type your reply above this line", which other help desks put into the mail that is answered.
ABOVE_LINE = (
    r"(?:reply|respond|response|answer|type|write|text).{0,40}above (?:this|the) line|above this line.{0,20}(?:reply|respond)|"
    r"(?:antwort\w*|schreib\w*).{0,40}(?:oberhalb|über) dies\w+ (?:zeile|linie)|(?:oberhalb|über) dies\w+ (?:zeile|linie).{0,40}antwort\w*|"
    r"r[ée]pon\w+.{0,40}au[- ]dessus de cette ligne|(?:respuesta|responda|escrib\w+).{0,40}(?:por )?(?:encima de|arriba de|sobre) esta l[íi]nea|"
    r"respo(?:sta|nda|nder).{0,40}acima dest?a linha|rispo(?:sta|ndi|ndere).{0,40}(?:sopra|al di sopra di) questa (?:riga|linea)|"
    r"(?:antwoord\w*|reactie|reageer).{0,40}boven deze (?:regel|lijn)|svar\w*.{0,40}(?:ovanför|over|ovenfor) (?:den här|denne|denna) (?:raden|linje[n]?|linjen)|"
    r"vasta\w+.{0,40}tämän rivin yläpuolelle|odpowied\w+.{0,40}(?:powyżej|nad) t(?:ej|ą) lini\w+|odpov\w+.{0,40}nad (?:tento|tuto|tímto) (?:řádek|řádkem|linku)|"
    r"ответ\w*.{0,40}(?:выше|над) этой (?:строк\w+|лини\w+)|в[іи]дпов\w+.{0,40}(?:вище|над) ц(?:ього|ієї|им) (?:рядк\w+|лін\w+)|"
    r"この(?:行|線|ライン)(?:より|の)上|(?:请|請)在(?:此|这条|這條)?(?:行|线|線)(?:之上|上方|以上).{0,10}(?:回复|回覆)|이 (?:줄|선) 위에.{0,20}(?:회신|답장|입력)"
)

# A line that a phone or an app adds below what its owner wrote.
DEVICES = (
    r"iphon\w*|ipad\w*|ipod\w*|ios|android\w*|blackberry|samsung\w*|galaxy|huawei|xiaomi|redmi|honor|oneplus|nokia|motorola|moto|"
    r"wiko|htc|sony|xperia|lg|pixel|alcatel|windows|mobil\w*|phone|smart\w*|handy|cell|cellphone|cellulare|device|apparaat|tablet|"
    r"surface|outlook|yahoo\w*|gmail|e?mail|mailbox|hotmail|aol|gmx|web\.de|proton ?mail\w*|proton|tutanota|tuta|airmail|spark|"
    r"typeapp|bluemail|blue|newton|nine|fairemail|thunderbird|k-9|aqua ?mail|sparrow|polymail|superhuman|hey|edison|unibox|"
    r"mailbird|mailtrack|shortwave|missive|mimestream|front|boxer|intermedia|canary|mailspring|zoho|fastmail|mymail|mail\.ru|yandex|"
    r"verizon|at&t|t-mobile|vodafone|telekom|orange|free|laposte|sfr|libero|virgilio|on the go|"
    r"mac|macbook|computer|pc|watch|ti-85|telefon\w*|téléphone|teléfono|telefono|puhelim\w*|celular|móvil|movil|portable|poczty|poczta|"
    r"телефон\w*|смартфон\w*|устройств\w*|пристро\w*|айфон\w*|яндекс\w*|мобильн\w*|мобільн\w*|האייפון|הנייד|手机|手機|邮箱\w*|邮件\w*"
)
# The verb and the word "from my", or the like: what follows is a device, however long.
SENT_FROM = (
    r"sent (?:securely )?(?:from|via|using)|sent with(?! (?:dhl|dpd|ups|gls|fedex|hermes|usps|royal))|sent (?:by|on) (?:my|the go)|composed (?:on|with)|"
    r"someone from|(?:gesendet|verschickt|versendet|geschrieben) (?:von|mit|vom|aus|via|über)|"
    r"diese (?:nachricht|e-?mail|mail) wurde (?:von|mit|vom)|"
    r"envoy[ée]e? (?:depuis|de|[àa] partir d|avec)|enviad[oa] (?:desde|do|de|a partir d|via|con|pelo|com)|"
    r"inviato d|inviata d|verzonden (?:met|vanaf|via|van|vanuit)|verstuurd (?:vanaf|met|via|van)|"
    r"skickat (?:från|med|via)|skickades från|sendt (?:fra|med|via)|lähetetty|lähetin|wysłan[eoy] (?:z|ze|przez)|"
    r"odesláno (?:z|ze|pomocí)|odoslané (?:z|zo)|отправлено (?:с|со|из|от)|послано с|надіслано (?:з|із|зі)|"
    r"elküldve|trimis (?:de pe|din|de la)|"
    r"poslano (?:z|s|iz|sa)|изпратено от|(?:στάλθηκε|εστάλη) από|dikirim dari|(?:được |đã )?gửi từ|enviat des|ارسال شده از|ส่งจาก|"
    r"נשלח מ|أرسلت من|أُرسلت من|تم الإرسال من|發自我的|发自我的|发送自我?|傳送自我?的?|寄自我的|從我的|发自|來自|来自|寄件自"
)
GET = (
    r"get|hol\w*(?: sie sich| dir)?|laden sie|obtenir|obtenez|téléchargez|télécharger|obtener|obtenga|obtén|descarga\w*|scarica|ottieni|hent|hämta|skaffa|"
    r"få|baixe|baixar|obter(?: o)?|obtenha(?: o)?|download|pobierz|uzyskaj|stáhn\w+|získ\w+|stiahn\w+|скачать|загрузить|получить|завантажити|отримати|"
    r"hanki|lataa|letöltés|descărcați|获取|取得|下载|下載|הורד את|קבל את|الحصول على|تنزيل|dapatkan|tải"
)
# The like where the device is named first, or nothing but the app's advertisement.
WHOLE_FOOTERS = (
    r"(?:我?从|從) ?[^，。]{0,20}(?:phone|ipad|android|windows|mail|galaxy|outlook|yahoo|手机|手機|邮箱|邮件|郵件|设备|裝置)[^，。]{0,20} ?"
    r"(?:传送|傳送|寄出|發送|发送|发出)|나의 .{1,40}에서 보냄|"
    r"von mein\w+(?:/\w+)? .{1,60} (?:gesendet|geschickt|verschickt)|vom (?:iphone|ipad|handy|smartphone|tablet) gesendet|"
    r"(?:von unterwegs|mobil|unterwegs) (?:gesendet|geschrieben)|sent on the go|from my (?:\S+ ){0,2}\S*(?:phone|ipad|android|blackberry|mobile|tablet)|"
    rf"(?:{GET}) (?:(?:the|aplikac\w+|aplikację|program|o|si) )?\W{{0,2}}outlook\b.{{0,30}}\b(?:ios|android|androidille|mac|windows|iphone)\b.{{0,80}}|"
    r"outlook (?:for|für|pour|para|per|voor) (?:ios|android|mac)\b.{0,80}|"
    rf"(?:{GET}) (?:ios|android)\b.{{0,10}}outlook|(?:ios|android)\S{{0,2}} (?:için )?outlook.{{0,20}}|outlook for (?:ios|android) ?を入手|"
    r"get (?:bluemail|typeapp|edison mail|spark|yahoo mail|boxer|canary) for .{1,20}|yahoo mail: search, organi[sz]e, conquer|"
    r"(?:please )?(?:excuse|pardon|forgive) (?:any |my |the )?(?:brevity|typos|terse\w*).{0,60}|"
    r"(?:téléchargé|provenance) .{0,20}: (?:courrier|mail) (?:pour|for) windows.{0,60}|"
    r"gesendet mit der .{0,40}(?:app|mail).{0,20}"
)
# The device before the verb: languages whose letters tell such a line from most others.
DEVICE_FIRST = (
    r".{1,40}から送信(?:されました)?|.{0,20}(?:[a-z]|갤럭시|폰|메일|기기|패드).{0,20}에서 보(?:냄|냈습니다|낸 메일.*)|"
    r".{1,40}(?:dan|den|tan|ten|[a-z] ile) gönderildi|.{1,40}(?:ról|ről|emről|omról) küldve"
)

# Whose line speaks of a parcel is no footer.
PARCELS = (
    r"dhl|dpd|ups|gls|fedex|hermes|usps|evri|postnl|postnord|posten|poste|correos|colissimo|royal|inpost|dao|bring|warehouse|lager|"
    r"parcel\w*|package|pak[ek]t\w*|pakke\w*|box|boxes|order|colis|paquetes?|pacco|caja|doos|paczk\w*|посылк\w*|your|ihr(?:em|er|en)?|votre|vos|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday|last|never|arrived|broken"
)
MINE = r"\b(?:my|mein\w*|mon|ma|mi|mio|mia|mijn|min|mitt|mit|meu|minha|mojego|mojej|mého|môjho|моего|моей|мого|моя|saya|tôi|mu)\b|diese (?:nachricht|e-?mail)"
APOLOGY = r"excuse|pardon|forgive|apolog|sorry|brevity|typo|autocorrect|entschuld|fehler|désol|disculp|scus"
