"""Replies of the mail programs that people write with: a line each, as they put it above what they quote.

In the lists, `\\n` and `\\t` stand for a line end and a tab.
"""

# ruff: noqa: E501 (samples)
import pytest

from tickets.mail.parsing import parse_html
from tickets.mail.replies import split_reply

INTRODUCTIONS = r"""
On Wed, Sep 25, 2013, at 03:57 PM, richard_clark wrote:
On Tue, 2011-03-01 at 18:02 +0530, Some One wrote:
On 11-Apr-2011, at 6:54 PM, Bob <bob@example.com> wrote:
On 04/19/2011 07:10 AM, Roman T wrote:
On Apr 3, 2012, at 4:19 PM, bob wrote:
On Tue, Apr 11, 2017 at 10:07 PM John Smith < mailto:John Smith <johnsmith@gmail.com> > wrote:
On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:
On 2 November 2026 at 10:00:00, Box (help@box.example) wrote:
On Mon, Nov 2, 2026, 10:00 AM Box via Box Club <help@box.example> wrote:
On Monday, November 2, 2026, 10:00:00 AM GMT+1, Box <help@box.example> wrote:
On Monday, November 2nd, 2026 at 10:00 AM, Box <help@box.example> wrote:
On Mon, 2 Nov 2026 10:00:00 +0100, Box <help@box.example> wrote:
On 02/11/2026 10:00, Box wrote:
On 2026-11-02 10:00, Box wrote:
On 2026/11/02 10:00, Box wrote:
On 02.11.26 10:00, Box wrote:
On 2 Nov 2026, at 10:00, Box <help@box.example> wrote:
On Nov 2, 2026 10:00 AM, "Box Club" <help@box.example> wrote:
On Nov 2, 2026, at 10:00 AM, Box Club<mailto:help@box.example> wrote:
On Mon, Nov 2, 2026 at 10:00 AM Box Club [via Forum] <\nml-node+s123@n3.example.com> wrote:
Box Club <help@box.example> wrote:
Box Club <help@box.example> wrote on 02/11/2026 10:00:
Box Club wrote on 02.11.2026 10:00:
"Box Club" <help@box.example> wrote:
"Box Club" <help@box.example> writes:
Box Club <help@box.example> writes:
At 10:00 AM 11/2/2026, Box Club wrote:
At 10:00 AM 11/2/2026 -0800, you wrote:
Box Club wrote on Mon, 02 Nov 2026 10:00:
In article <123@box.example>, Box Club <help@box.example> wrote:
---- On Mon, 02 Nov 2026 10:00:00 +0100 Box Club <help@box.example> wrote ----
---- On Mon, 02 Nov 2026 10:00:00 +0100 help@box.example wrote ---
 ---- Box Club wrote ----
---- Box Club <help@box.example> wrote:
--- On Mon, 11/2/26, Box Club <help@box.example> wrote:
--- mpalmer wrote: ---
-------- Original message --------\nFrom: Box Club <help@box.example>\nDate: 02/11/2026 10:00 (GMT+01:00)\nTo: Ann <ann@example.com>\nSubject: Re: Box
Am 2. November 2026 10:00:00 MEZ schrieb Box Club <help@box.example>:
Am 02.11.2026 10:00 schrieb Box Club:
Am 02.11.26 um 10:00 schrieb help@box.example:
Am 02.11.2026 10:00, schrieb Box Club:
Am Montag, 2. November 2026, 10:00:00 CET schrieb Box Club:
Am Montag, den 02.11.2026, 10:00 +0100 schrieb Box Club:
Am Mo., 2. Nov. 2026 um 10:00 Uhr schrieb Box Club via Shop <\nhelp@box.example>:
Am 02.11.2026 um 10:00 hat Box Club geschrieben:
Gesendet: Montag, 02. November 2026 um 10:00 Uhr\nVon: "Box Club" <help@box.example>\nAn: ann@example.com\nBetreff: Box
Box Club <help@box.example> schrieb am Mo., 2. Nov. 2026, 10:00:
Box Club <help@box.example> hat am 02.11.2026 10:00 geschrieben:
help@box.example schrieb am Montag, 2. November 2026 um 10:00:00 MEZ:
Box Club schrieb am 02.11.2026 um 10:00:
Le 02/11/2026 à 10:00, Box Club a écrit :
Le 2 nov. 2026 à 10:00, Box Club <help@box.example> a écrit :
Le lundi 2 novembre 2026 à 10:00:00 UTC+1, Box Club <help@box.example> a écrit :
Le lun. 2 nov. 2026, 10:00, Box Club <help@box.example> a écrit :
Le 2 novembre 2026 10:00:00 GMT+01:00, Box Club <help@box.example> a écrit :
Le lun. 2 nov. 2026 à 10:00, Box Club <\nhelp@box.example> a écrit\n:
Box Club <help@box.example> a écrit :
En date de : Lun 2.11.26, Box Club <help@box.example> a écrit :
Le 2026-11-02 10:00, Box Club a écrit :
El 2/11/2026 a las 10:00, Box Club escribió:
El lun, 2 nov 2026 a las 10:00, Box Club (<help@box.example>) escribió:
El lun., 2 nov. 2026 10:00, Box Club <help@box.example> escribió:
El 2 de noviembre de 2026, 10:00, Box Club<help@box.example> escribió:
El 2 nov 2026, a las 10:00, Box Club <help@box.example> escribió:
El lunes, 2 de noviembre de 2026, 10:00:00 CET, Box Club <help@box.example> escribió:
2026-11-02 10:00 GMT+01:00 Box Club <help@box.example>:
2026-11-02 10:00 GMT-02:00 Box Club:
2026-11-02 10:00 GMT+01:00 Box Club <\nhelp@box.example>:
Em 2 de novembro de 2026 10:00, Box Club <help@box.example> escreveu:
Em seg., 2 de nov. de 2026 às 10:00, Box Club <\nhelp@box.example> escreveu:
Em 02/11/2026 10:00, Box Club escreveu:
Em segunda-feira, 2 de novembro de 2026, Box <help@box.example> escreveu:
Em segunda-feira, 2 de novembro de 2026 10:00:00 BRT, Box <help@box.example> escreveu:
No dia 2 de novembro de 2026 às 10:00, Box Club <help@box.example> escreveu:
A 02/11/2026, às 10:00, Box Club <help@box.example> escreveu:
Il 02/11/2026 10:00, Box Club ha scritto:
Il giorno 2 nov 2026, alle ore 10:00, Box Club <help@box.example> ha scritto:
Il giorno 02/nov/2026, alle ore 10.00, Box Club ha scritto:
Il lun 2 nov 2026, 10:00 Box Club <help@box.example> ha scritto:
Il lunedì 2 novembre 2026 10:00:00 CET, Box Club <help@box.example> ha scritto:
Op 2 november 2026 10:00 schreef Box Club <help@box.example>:
Op 02-11-2026 om 10:00 schreef Box Club:
Op 10 dec. 2015 18:35 schreef "Box Club" <help@box.example>:
Op ma 2 nov 2026 10:00 schreef Box Club <help@box.example>:
Op 17-feb.-2015, om 13:18 heeft Julius Caesar <caesar@example.com> het volgende geschreven:
Op maandag 2 november 2026 10:00 heeft Box Club <help@box.example> geschreven:
Op 2 nov. 2026, om 10:00 heeft Box <help@box.example> het volgende geschreven:
Box Club <help@box.example> schreef op ma 2 nov. 2026 10:00:
Den 14 september 2015 02:23:18, skrev Valentino Rudy (valentino@example.com):
Den mån 2 nov. 2026 kl 10:00 skrev Box Club <\nhelp@box.example>:
Den 2 november 2026 10:00 skrev Box Club <help@box.example>:
Den 2026-11-02 kl. 10:00, skrev Box Club:
2 nov 2026 kl. 10:00 skrev Box Club <help@box.example>:
2 nov. 2026 kl. 10:00 skrev Box Club <help@box.example>:
mån 2 nov. 2026 kl. 10:00 skrev Box Club <help@box.example>:
On 2026-11-02 10:00, Box Club skrev:
Box Club skrev den 2026-11-02 10:00:
Den man. 2. nov. 2026 kl. 10.00 skrev Box Club <help@box.example>:
Den 2. nov. 2026 kl. 10.00 skrev Box Club <help@box.example>:
Den 02.11.2026 kl. 10.00 skrev Box Club:
På 14 september 2015 på 02:23:18, Valentino Rudy (valentino@example.com) skrev:
man. 2. nov. 2026 kl. 10:00 skrev Box Club <help@box.example>:
2. nov. 2026 kl. 10:00 skrev Box Club <help@box.example>:
ma 2. marrask. 2026 klo 10.00 Box Club (help@box.example) kirjoitti:
Box Club kirjoitti 2.11.2026 klo 10.00:
Box Club <help@box.example> kirjoitti 2.11.2026 kello 10.00:
W dniu 02.11.2026 o 10:00, Box Club pisze:
W dniu 2026-11-02 10:00, Box Club napisał(a):
W dniu pon., 2 lis 2026 o 10:00 Box Club <help@box.example> napisał(a):
W dniu 2 listopada 2026 10:00 użytkownik Box Club <help@box.example> napisał:
pon., 2 lis 2026, 10:00 użytkownik Box Club <\nhelp@box.example> napisał:
Dnia 2 listopada 2026 10:00 Box Club <help@box.example> napisał(a):
Dnia poniedziałek, 2 listopada 2026, Box <help@box.example> napisał:
Użytkownik Box Club <help@box.example> napisał:
Dne 2. 11. 2026 v 10:00 Box Club napsal(a):
Dne 02.11.2026 10:00, Box Club napsal(a):
Dne 2. listopadu 2026 10:00 Box Club <help@box.example> napsal(a):
po 2. 11. 2026 v 10:00 odesílatel Box Club <help@box.example> napsal:
---------- Původní e-mail ----------\nOd: Box Club <help@box.example>\nKomu: ann@example.com\nDatum: 2. 11. 2026 10:00:00\nPředmět: Box
Dňa 2. 11. 2026 o 10:00 Box Club napísal(a):
po 2. 11. 2026 o 10:00 Box Club <help@box.example> napísal(a):
2026. 11. 02. 10:00 keltezéssel, Box Club írta:
Box Club <help@box.example> ezt írta (időpont: 2026. nov. 2., H, 10:00):
2026. november 2. 10:00 Box Club írta, <help@box.example>:
În lun., 2 nov. 2026 la 10:00, Box Club <help@box.example> a scris:
Pe luni, 2 noiembrie 2026, 10:00:00 EET, Box Club <help@box.example> a scris:
02.11.2026 10:00, Box Club пишет:
2 ноября 2026 г., 10:00 пользователь Box Club <help@box.example> написал:
понедельник, 2 ноября 2026 г. пользователь Box Club <help@box.example> написал:
пн, 2 нояб. 2026 г. в 10:00, Box Club <help@box.example>:
пн, 2 нояб. 2026 г., 10:00 Box Club <help@box.example>:
02.11.2026, 10:00, "Box Club" <help@box.example>:
Понедельник, 2 ноября 2026, 10:00 +03:00 от Box Club <help@box.example>:
Пользователь Box Club <help@box.example> написал:
2 ноября 2026 г., в 10:00, Box Club <help@box.example> написал(а):
Вы писали 2 ноября 2026 г., 10:00:00:
02.11.2026 10:00, Box Club пише:
пн, 2 лист. 2026 р. о 10:00 Box Club <help@box.example> пише:
пн, 2 лист. 2026 о 10:00 Box Club <help@box.example> пише:
2 листопада 2026 р. 10:00 Box Club <help@box.example> написав:
На 2.11.2026 г. в 10:00, Box Club написа:
На пн, 2.11.2026 г. в 10:00 Box Club <help@box.example> написа:
2 Kas 2026 Pzt 10:00 tarihinde Box Club <help@box.example> şunu yazdı:
2 Kasım 2026 10:00 tarihinde Box Club <help@box.example> yazdı:
Box Club <help@box.example>, 2 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:
Box Club <help@box.example> şunları yazdı (2 Kas 2026 10:00):
Στις 2/11/2026 10:00, ο Box Club έγραψε:
Στις Δευ 2 Νοε 2026 στις 10:00 π.μ., ο/η Box Club <help@box.example> έγραψε:
2026年11月2日(月) 10:00 Box Club <help@box.example>:
2026年11月2日 10:00、Box Club <help@box.example>のメール:
2026年11月2日月曜日、Box Club <help@box.example>さんは書きました:
2026/11/02 10:00、Box Club のメール:
2026/11/02 10:00, Box Club wrote:
On 2026/11/02 10:00, Box Club さんは書きました:
2026年11月2日(月) 10:00 help@box.example:
Box Club <help@box.example> 于2026年11月2日周一 10:00写道：
在 2026年11月2日，10:00，Box Club <help@box.example> 写道：
在 2026/11/2 10:00, Box Club 写道:
在 2026年11月2日星期一，Box Club <help@box.example> 写道：
在 2026-11-02 10:00:00，"Box Club" <help@box.example> 写道：
於 2026年11月2日 週一 上午10:00寫道：
Box Club <help@box.example> 於 2026年11月2日 週一 上午10:00寫道：
Box Club <help@box.example> 於 2026/11/2 上午10:00 寫道：
2026-11-02 10:00 GMT+08:00 Box Club <help@box.example>：
2026년 11월 2일 (월) 오전 10:00, Box Club <help@box.example>님이 작성:
2026. 11. 2. 오전 10:00, Box Club <help@box.example> 작성:
2026-11-02 (월) 10:00 Box Club <help@box.example> 작성:
Vào 14:24 8 tháng 6, 2017, Hung Nguyen <hung@example.com> đã viết:
Vào Th 2, 2 thg 11, 2026 vào lúc 10:00 Box Club <help@box.example> đã viết:
Vào 10:00, T.2, 2 Th11, 2026 Box Club <help@box.example> đã viết:
Pada tanggal Sen, 2 Nov 2026 pukul 10.00 Box Club <help@box.example> menulis:
Pada Sen, 2 Nov 2026 10.00, Box Club <help@box.example> menulis:
ในวันที่ จ. 2 พ.ย. 2026 เวลา 10:00 Box Club <help@box.example> เขียนว่า:
‫בתאריך יום ב׳, 2 בנוב׳ 2026 ב-10:00 מאת ‪Box Club‬‏ <‪help@box.example‬‏>:‬
בתאריך 2.11.2026 10:00, Box Club כתב:
ב-2 בנוב׳ 2026, בשעה 10:00, Box Club <help@box.example> כתב/ה:
في الاثنين، 2 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Box Club <help@box.example>:
في الإثنين، 2 نوفمبر 2026 في 10:00 ص كتب Box Club <help@box.example>:
بتاريخ 2 نوفمبر 2026، الساعة 10:00، كتب Box Club <help@box.example>:
El dl., 2 de nov. 2026 a les 10:00, Box Club <help@box.example> va escriure:
pon, 2. stu 2026. u 10:00 Box Club <help@box.example> napisao je:
V pon., 2. nov. 2026 ob 10:00 je oseba Box Club <help@box.example> napisala:
Dana 2.11.2026. u 10:00, Box Club je napisao/la:
Kuupäeval E, 2. november 2026 kell 10:00 kirjutas Box Club <help@box.example>:
Kontakt Box Club (<help@box.example>) kirjutas kuupäeval E, 2. november 2026 kell 10:00:
2026-11-02, pr, 10:00 Box Club <help@box.example> rašė:
pirmd., 2026. g. 2. nov., plkst. 10:00 — lietotājs Box Club (<help@box.example>) rakstīja:
From: Box Club <help@box.example>\nSent: Monday, November 2, 2026 10:00 AM\nTo: Ann <ann@example.com>\nSubject: Re: Box
From: Box Club [mailto:help@box.example]\nSent: Monday, November 2, 2026 10:00 AM\nTo: 'Ann'; 'Bob'\nCc: Team\nSubject: Re: Box\nImportance: High
*From:* Box Club <help@box.example>\n*Sent:* Monday\n*To:* Ann\n*Subject:* Re: Box
**From:** Box Club <help@box.example>\n**Sent:** Monday\n**To:** Ann\n**Subject:** Re: Box
From: Box Club <help@box.example>\nReply-To: Box <help@box.example>\nDate: Monday, 2 November 2026 at 10:00\nTo: Ann\nSubject: Re: Box
From:\tBox Club <help@box.example>\nTo:\tAnn <ann@example.com>\nDate:\t02.11.2026 10:00\nSubject:\tRe: Box
From:\n\nBox Club <help@box.example>\n\nSent:\n\nMonday, 2 November 2026 10:00\n\nTo:\n\nAnn <ann@example.com>\n\nSubject:\n\nRe: Box
From: Box Club <help@box.example>Sent: Monday, November 2, 2026 10:00 AMTo: Ann <ann@example.com>Subject: Re: Box
From: "Box Club" <help@box.example> To: "Ann" <ann@example.com> Sent: Monday, November 2, 2026 10:00 AM Subject: Re: Box
Date: Mon, 2 Nov 2026 10:00:00 +0100\nFrom: help@box.example\nTo: ann@example.com\nSubject: Re: Box
Date: Fri=2C 28 Sep 2012 10:55:48 +0000\nFrom: tickets@example.com\nTo: bob@example.com\nSubject: Box
Date: Wed, 16 May 2012 00:15:02 -0600\nTo: klaus@example.com
To: ann@example.com\nFrom: help@box.example\nDate: Mon, 2 Nov 2026 10:00:00 +0100\nSubject: Re: Box
Subject: Re: Box\nDate: Mon, 2 Nov 2026 10:00:00 +0100\nFrom: help@box.example\nTo: ann@example.com
Subject: Re: Box\nFrom: help@box.example\nTo: ann@example.com\nDate: Mon, 2 Nov 2026 10:00:00 +0100
Von: Box Club <help@box.example>\nGesendet: Montag, 2. November 2026 10:00\nAn: Ann <ann@example.com>\nBetreff: AW: Box
Von: Box Club [mailto:help@box.example] \nGesendet: Montag, 2. November 2026 10:00\nAn: Ann\nCc: Bob\nBetreff: AW: Box\nPriorität: Hoch
*Von:* Box Club\n*Gesendet:* Montag, 2. November 2026 10:00\n*An:* Ann\n*Betreff:* AW: Box
Von: Box Club <help@box.example>\nDatum: Montag, 2. November 2026 um 10:00\nAn: Ann <ann@example.com>\nBetreff: Re: Box
Von:        Box Club <help@box.example>\nAn:        Ann\nDatum:        02.11.2026 10:00\nBetreff:        Box
De : Box Club [mailto:help@box.example]\nEnvoyé : lundi 2 novembre 2026 10:00\nÀ : Ann\nObjet : RE: Box
De: Box Club <help@box.example>\nÀ: Ann\nEnvoyé: Lundi 2 Novembre 2026 10:00:00\nObjet: Re: Box
De : Box Club\nDate : lundi 2 novembre 2026 à 10:00\nÀ : Ann\nObjet : RE: Box
De: Box Club <help@box.example>\nEnviado el: lunes, 2 de noviembre de 2026 10:00\nPara: Ann\nAsunto: RE: Box
De: Box Club <help@box.example>\nFecha: lunes, 2 de noviembre de 2026, 10:00\nPara: Ann\nAsunto: Re: Box
De: Box Club [mailto:help@box.example]\nEnviada em: segunda-feira, 2 de novembro de 2026 10:00\nPara: Ann\nAssunto: RES: Box
De: Box Club <help@box.example>\nEnviado: 2 de novembro de 2026 10:00\nPara: Ann\nAssunto: Re: Box
Da: Box Club [mailto:help@box.example]\nInviato: lunedì 2 novembre 2026 10:00\nA: Ann\nOggetto: R: Box
Da: "Box Club" <help@box.example>\nA: "Ann" <ann@example.com>\nCc:\nData: Mon, 2 Nov 2026 10:00:00\nOggetto: Re: Box
Van: Box Club <help@box.example>\nVerzonden: maandag 2 november 2026 10:00\nAan: Ann\nOnderwerp: RE: Box
Från: Box Club <help@box.example>\nSkickat: den 2 november 2026 10:00\nTill: Ann\nÄmne: SV: Box
Fra: Box Club <help@box.example>\nSendt: 2. november 2026 10:00\nTil: Ann\nEmne: SV: Box
Fra: Box Club [mailto:help@box.example] \nSendt: mandag 2. november 2026 10.00\nTil: Ann\nKopi: Bob\nEmne: VS: Box
Lähettäjä: Box Club <help@box.example>\nLähetetty: maanantai 2. marraskuuta 2026 10.00\nVastaanottaja: Ann\nAihe: VS: Box
Od: Box Club <help@box.example>\nWysłano: poniedziałek, 2 listopada 2026 10:00\nDo: Ann\nTemat: RE: Box
Od: Box Club <help@box.example>\nSent: Monday, November 2, 2026 10:00 AM\nDo: Ann\nTemat: Re: Box
Od: Box Club <help@box.example>\nOdesláno: pondělí 2. listopadu 2026 10:00\nKomu: Ann\nPředmět: RE: Box
Od: Box Club <help@box.example>\nOdoslané: pondelok 2. novembra 2026 10:00\nKomu: Ann\nPredmet: RE: Box
Feladó: Box Club <help@box.example>\nElküldve: 2026. november 2., hétfő 10:00\nCímzett: Ann\nTárgy: RE: Box
De la: Box Club <help@box.example>\nTrimis: luni, 2 noiembrie 2026 10:00\nCătre: Ann\nSubiect: RE: Box
От: Box Club <help@box.example>\nОтправлено: 2 ноября 2026 г. 10:00\nКому: Ann\nТема: RE: Box
От: Box Club [mailto:help@box.example] \nSent: Monday, November 02, 2026 10:00 AM\nTo: Ann\nSubject: Re: Box
Від: Box Club <help@box.example>\nНадіслано: 2 листопада 2026 р. 10:00\nКому: Ann\nТема: RE: Box
От: Box Club <help@box.example>\nИзпратено: понеделник, 2 ноември 2026 г. 10:00\nДо: Ann\nОтносно: RE: Box
Kimden: Box Club <help@box.example>\nGönderildi: 2 Kasım 2026 Pazartesi 10:00\nKime: Ann\nKonu: RE: Box
Gönderen: Box Club <help@box.example>\nGönderme Tarihi: 2 Kasım 2026 10:00\nKime: Ann\nKonu: RE: Box
Από: Box Club <help@box.example>\nΕστάλη: Δευτέρα, 2 Νοεμβρίου 2026 10:00\nΠρος: Ann\nΘέμα: RE: Box
Šalje: Box Club <help@box.example>\nPoslano: 2. studenoga 2026. 10:00\nPrima: Ann\nPredmet: RE: Box
Od: Box Club <help@box.example>\nPoslano: ponedeljek, 02. november 2026 10:00\nZa: Ann\nZadeva: RE: Box
差出人: Box Club <help@box.example>\n送信日時: 2026年11月2日 10:00\n宛先: Ann\n件名: RE: Box
From: Box Club\nSent: 2026年11月2日 10:00\nTo: Ann\nSubject: Re: Box
发件人：Box Club <help@box.example>\n发送时间：2026年11月2日 10:00\n收件人：Ann\n主题：Re: Box
发件人: "Box Club";<help@box.example>;\n发送时间: 2026年11月2日(星期一) 上午10:00\n收件人: "Ann"<ann@example.com>;\n主题: Re: Box
寄件者: Box Club <help@box.example>\n寄件日期: 2026年11月2日 10:00\n收件者: Ann\n主旨: RE: Box
보낸 사람: Box Club <help@box.example>\n보낸 날짜: 2026년 11월 2일 월요일 오전 10:00\n받는 사람: Ann\n제목: RE: Box
מאת: Box Club <help@box.example>\nנשלח: יום שני 02 נובמבר 2026 10:00\nאל: Ann\nנושא: RE: Box
من: Box Club <help@box.example>\nتم الإرسال: الاثنين 2 نوفمبر 2026 10:00\nإلى: Ann\nالموضوع: RE: Box
Từ: Box Club <help@box.example>\nĐã gửi: Thứ Hai, 2 tháng 11, 2026 10:00\nĐến: Ann\nChủ đề: RE: Box
Dari: Box Club <help@box.example>\nDikirim: 2 November 2026 10:00\nKepada: Ann\nSubjek: RE: Box
-----Original Message-----
----- Original Message -----
---Original Message---
------ Original Message ------
------Original Message------\nFrom: Box Club
-------- Original Message --------\nSubject: Box\nFrom: Box
 -------- Original-Nachricht --------\n> Datum: Mon, 2 Nov 2026
-----Ursprüngliche Nachricht-----
----- Ursprüngliche Mail -----
-------- Ursprüngliche Nachricht --------
-----Urspr. Mitteilung-----
-----Message d'origine-----
-------- Message original --------
----- Mail original -----
-----Mensaje original-----
----- Mensaje original -----
-----Mensagem Original-----
-----Mensagem original-----
------------- Segue mensagem original! -------------
-----Messaggio originale-----
----Messaggio Originale----
-----Oorspronkelijk bericht-----
-------- Oorspronkelijk bericht --------
-----Ursprungligt meddelande-----
-----Oprindelig meddelelse-----
-----Opprinnelig melding-----
-----Alkuperäinen viesti-----
-----Original Message/Alkuperäinen viesti-----
-----Wiadomość oryginalna-----
---- Wiadomość oryginalna ----
-----Původní zpráva-----
-----Eredeti üzenet-----
-----Исходное сообщение-----
-------- Исходное сообщение --------
-----Özgün İleti-----
-------- Orijinal mesaj --------
-----原始邮件-----
------------------ 原始邮件 ------------------
-------- 原始郵件 --------
-----邮件原件-----
-----Original Message-----\nFrom: Box\nSent: x
----- 元のメッセージ -----
-----원본 메시지-----
--------- 원본 메일 ---------
-----הודעה מקורית-----
-----الرسالة الأصلية-----
##- Please type your reply above this line -##
## Please type your reply above this line ##
---- Please reply above this line ----
Reply above this line
--- Please type your reply above this line ---
-- Reply ABOVE THIS LINE to respond --
## Antworten Sie oberhalb dieser Zeile ##
##- Bitte geben Sie Ihre Antwort über dieser Zeile ein. -##
##- Veuillez saisir votre réponse au-dessus de cette ligne -##
##- Por favor escriba su respuesta por encima de esta línea -##
==== Please write your reply above this line ====
- Responda por encima de esta línea -
""".strip().split("\n")
FOOTERS = r"""
Sent from my iPhone
Sent from my iPad
sent from my iphone
Sent from my Samsung Galaxy smartphone.
Sent from my Galaxy
Sent from my Samsung device over Vodafone's network.
Sent from Samsung Mobile
Sent from my Verizon, Samsung Galaxy smartphone
Sent from my Verizon Wireless BlackBerry
Sent from my BlackBerry® smartphone
Sent via BlackBerry from T-Mobile
Sent via BlackBerry by AT&T
Sent from my Huawei phone
Sent from my HTC
Sent from my Windows Phone
Sent from Mail for Windows 10
Sent from Mail<https://go.microsoft.com/fwlink/?LinkId=550986> for Windows 10
Sent from Outlook for iOS
Sent from Outlook<http://aka.ms/weboutlook>
Sent from Outlook Mobile
Get Outlook for iOS<https://aka.ms/o0ukef>
Get Outlook for Android<https://aka.ms/ghei36>
Get [Outlook for Android](https://aka.ms/ghei36)
Get BlueMail for Android
Sent from Yahoo Mail on Android
Sent from Yahoo Mail. Get the app
Yahoo Mail: Search, organise, conquer
Sent from AOL Mobile Mail
Sent from AOL on Android
Sent from the all new AOL app for iOS
Sent from Proton Mail for iOS
Sent with Proton Mail secure email.
Sent with ProtonMail Secure Email.
Sent from ProtonMail mobile
Sent with Airmail
Sent with Spark
Sent with Unibox
Sent with Mailbird
Sent via Superhuman iOS ( https://sprh.mn/?vip=ann@example.com )
Sent via Superhuman ( https://sprh.mn/?vip=ann@example.com )
Sent from Superhuman
Sent from Mailbox
Sent from Mailbox for iPhone
Sent from Polymail ( https://polymail.io/ )
Sent from Nine
Sent from TypeApp
Sent from Zoho Mail
Sent using Zoho Mail
Sent from K-9 Mail
Sent from my Android device with K-9 Mail. Please excuse my brevity.
Sent from Gmail Mobile
Sent from myMail for Android
Sent from my mobile device
Sent from my mobile
Sent from my phone
Sent from my phone, please excuse typos
Sent from a phone, pardon my brevity
Sent from my tablet
Sent from my iPhone 12 Pro Max
Sent from my Pixel 7
Sent from my OnePlus 9
Sent from my Sony Xperia™ smartphone
Sent from my LG Mobile
Sent from my T-Mobile 5G Device
Sent from my MetroPCS 4G Wireless Phone
Sent from my U.S. Cellular© Smartphone
Sent from my Moto
Sent from Front
Sent from Hey
Sent from Workspace ONE Boxer
Sent from BlackBerry Hub+ Inbox Beta
Sent on the go
Sent from Fastmail
Sent from a mobile device
Sent from Thunderbird for Android
Sent with Tutanota
Sent securely from Tuta
--\nSent from my iPhone
Von meinem iPhone gesendet
Von meinem iPad gesendet
Von meinem Samsung Gerät gesendet.
Von meinem/meiner Galaxy gesendet
Von meinem Samsung Galaxy Smartphone gesendet.
Von meinem Huawei-Mobiltelefon gesendet
Gesendet von meinem iPhone
Gesendet von meinem Windows 10 Phone
Gesendet von Mail für Windows 10
Gesendet von Mail<https://go.microsoft.com/fwlink/?LinkId=550986> für Windows
Gesendet von Outlook Mobile
Gesendet von Yahoo Mail auf Android
Gesendet mit der GMX Mail App
Gesendet mit der WEB.DE Mail App
Gesendet mit der Telekom Mail App
Gesendet mit AOL Mail
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
Diese Nachricht wurde von meinem Android-Mobiltelefon mit GMX Mail gesendet.
-- \nDiese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.
Hol dir Outlook für iOS
Holen Sie sich Outlook für Android
Laden Sie Outlook für iOS herunter
Vom iPhone gesendet
Von unterwegs gesendet
Mobil gesendet
Envoyé de mon iPhone
Envoyé depuis mon iPhone
Envoyé depuis mon mobile Orange
Envoyé depuis mon smartphone Samsung Galaxy.
Envoyé de mon Galaxy de Orange
Envoyé à partir de Outlook pour Android
Envoyé à partir d’Outlook Mobile
Envoyé à partir de Courrier pour Windows 10
Envoyé de Courrier Yahoo pour iPhone
Envoyé depuis Yahoo Mail pour Android
Envoyé depuis l'application Mail Orange
Envoyé avec la messagerie sécurisée Proton Mail.
Envoyé de mon appareil mobile
Obtenir Outlook pour iOS
Obtenez Outlook pour Android
Télécharger Outlook pour iOS
Provenance : Courrier pour Windows 10
Enviado desde mi iPhone
Enviado desde mi Samsung
Enviado desde mi Huawei de Claro.
Enviado desde mi teléfono
Enviado desde mi móvil
Enviado desde Outlook para Android
Enviado desde Correo para Windows 10
Enviado desde Yahoo Mail para iPhone
Enviado desde mi dispositivo Samsung
Obtener Outlook para iOS
Obtener Outlook para Android
Enviado con Proton Mail
Enviado do meu iPhone
Enviado a partir do meu iPhone
Enviado do meu smartphone Samsung Galaxy.
Enviado via iPad
Enviado de meu iPhone
Enviado do Yahoo Mail no Android
Enviado do Outlook
Enviado do Email para Windows 10
Obter o Outlook para iOS
Obter o Outlook para Android
Inviato da iPhone
Inviato da mio iPhone
Inviato dal mio iPhone
Inviato dal mio dispositivo Samsung
Inviato da Outlook per Android
Inviato da Posta per Windows 10
Inviato da Libero Mail per Android
Inviato da Yahoo Mail su Android
Inviato dallo smartphone
Ottieni Outlook per iOS
Scarica Outlook per Android
Verstuurd vanaf mijn iPhone
Verzonden vanaf mijn iPhone
Verzonden vanaf mijn Galaxy
Verzonden vanaf mijn Samsung-apparaat
Verzonden vanuit Mail voor Windows 10
Verzonden vanaf Outlook voor Android
Verstuurd vanaf Yahoo Mail voor iPhone
Outlook voor iOS downloaden
Outlook voor Android ophalen
Skickat från min iPhone
Skickat från min Samsung
Skickat från min Galaxy
Skickat från E-post för Windows 10
Skickat från Outlook för Android
Skickat från min mobil
Hämta Outlook för iOS
Hämta Outlook för Android
Sendt fra min iPhone
Sendt fra min iPad
Sendt fra min Samsung
Sendt fra min Galaxy
Sendt fra Mail til Windows 10
Sendt fra E-post for Windows 10
Sendt fra Outlook til Android
Sendt fra Yahoo Mail på Android
Hent Outlook til iOS
Hent Outlook for Android
Få Outlook til Android
Få Outlook for iOS
Lähetetty iPhonesta
Lähetetty iPadista
Lähetetty Samsung-puhelimesta
Lähetetty laitteesta Galaxy
Lähetetty Windows 10:n Sähköpostista
Hanki Outlook for iOS
Lataa Outlook Androidille
Wysłane z iPhone'a
Wysłane z mojego iPhone’a
Wysłane z mojego smartfona Samsung Galaxy.
Wysłane z telefonu
Wysłane z Poczta dla systemu Windows 10
Wysłane z programu Outlook dla systemu Android
Wysłano z Yahoo Mail na Androida
Wysłano z serwera poczty WP
Pobierz aplikację Outlook dla systemu iOS
Pobierz program Outlook dla systemu Android
Odesláno z iPhonu
Odesláno z mého iPhonu
Odesláno ze zařízení Galaxy
Odesláno z Pošty pro Windows 10
Odoslané z iPhonu
Odoslané z môjho iPhonu
Získejte Outlook pro Android
Stáhněte si Outlook pro iOS
Elküldve iPhone-ról
Az én iPhone készülékemről küldve
iPhone-ról küldve
Trimis de pe iPhone-ul meu
Trimis din Yahoo Mail pe Android
Отправлено с iPhone
Отправлено с моего iPhone
Отправлено с устройства Samsung
Отправлено со смартфона Samsung Galaxy.
Отправлено из мобильной Почты Mail.ru
Отправлено из мобильной Яндекс.Почты
Отправлено из мобильного приложения Яндекс Почты
Отправлено из Почты для Windows 10
Отправлено из Mail.ru для Android
Отправлено с телефона
Скачать Outlook для Android
Надіслано з iPhone
Надіслано з мого iPhone
Надіслано з пристрою Galaxy
Надіслано з мобільного
Изпратено от моя iPhone
iPhone'umdan gönderildi
iPhone’umdan gönderildi
Samsung cep telefonumdan gönderildi
Samsung Galaxy akıllı telefonumdan gönderildi.
Android için Outlook'u edinin
iOS için Outlook'u edinin
Android'de Yahoo Postadan gönderildi
Windows 10 için Posta ile gönderildi
Στάλθηκε από το iPhone μου
Εστάλη από το iPhone μου
iPhoneから送信
私のiPhoneから送信
iPadから送信
Androidから送信
Galaxyから送信
Windows 10 版のメールから送信
Yahoo!メール for iPhoneから送信
Outlook for iOS を入手
从我的iPhone发送
发自我的iPhone
发自我的华为手机
发自我的小米手机
发自 网易邮箱大师
来自 Windows 10 版邮件应用
发送自 Windows 10 版邮件应用
从 Windows 版邮件发送
获取 Outlook for iOS
获取 Outlook for Android
我从我的 iPhone 发送
從我的 iPhone 傳送
從我的iPad傳送
寄件自 Windows 10 版郵件
取得 Android 版 Outlook
從 Yahoo奇摩電子郵件 iPhone 版傳送
나의 iPhone에서 보냄
내 iPhone에서 보냄
iPhone에서 보냄
갤럭시에서 보냈습니다.
삼성 Galaxy 스마트폰에서 보냈습니다.
Windows용 메일에서 보냄
Android용 Outlook 다운로드
נשלח מה-iPhone שלי
נשלח מהאייפון שלי
נשלח ממכשיר Samsung שלי
הורד את Outlook עבור iOS
أرسلت من الـ iPhone
تم الإرسال من الـ iPhone
تم الإرسال من هاتف Samsung Galaxy الخاص بي.
الحصول على Outlook for iOS
ارسال شده از iPhone من
Đã gửi từ iPhone của tôi
Được gửi từ iPhone của tôi
Gửi từ iPhone của tôi
Dikirim dari iPhone saya
ส่งจาก iPhone ของฉัน
Enviat des del meu iPhone
Poslano z mojega iPhona
Poslano s mog iPhone uređaja
Poslano s iPhonea
""".strip().split("\n")
OWN_WORDS = r"""
I sent from my desk the box back to you.
The parcel was sent from Berlin with DHL.
Sent from the warehouse last week, it has still not arrived at my house.
On Monday I wrote to you: no answer.
From: my point of view\nthis is bad
In 2024 you wrote: we will refund.
To: whom it may concern,\nSubject: my box\nI am angry
Am Montag schrieb ich Ihnen: keine Antwort.
Item   Price\n-----------\nSoap   3
Thanks,\nAlex
2026-11-02 10:00 the box came\nit was wet
Subject: refund\nDate: 2 November\nAmount: 20 euros
Name: Ann Example\nDate: 2 Nov 2026\nOrder: 1234
From: Berlin\nTo: Hamburg\nDate: tomorrow
On 2 November 2026 at 10:00 I wrote to you about this. You never answered.
On the box it wrote: fragile, 10:00.
Sent from Germany on Tuesday, arrived on Friday.
Enviado el 2 de noviembre, recibido roto.
Gesendet wurde das Paket am 2. November von Ihnen.
Envoyé le 2 novembre, le colis est arrivé cassé.
Please see section 4 of your terms:\n"The customer shall be entitled to a refund within 14 days."
Original message: I wanted a refund.
Forwarded message from my neighbour: the box is at his door.
Please read everything above this line item on the invoice.
I will write my answer above this line if needed but the thing is broken.
Get the parcel for me
I got Outlook for Windows and your mail looks broken
Your terms say on page 3: "On delivery, the customer wrote:" and so on.
On your website you wrote: free delivery
El lunes escribí: no me ha llegado.
Le lundi j'ai écrit : rien.
Op maandag schreef ik: niets.
My phone: 0123 456\nMy address: Street 1
* Soap\n* Shampoo\n* Towel
1. wet box\n2. broken jar\n3. no leaflet
Mon, Tue and Wed: nobody came.
From: the box\nDate of order: 1.1.2026
De: la caja\nPara: mi madre
Von: mir\nAn: dich
--- important ---\nthe box was wet
*** please read ***\nwet
=== update ===\nstill wet
Thanks for your mail! Best, Ann
She wrote: "the box is wet" and I agree.
Customer number: 12\nFrom: 1.2.2026\nTo: 3.3.2026
Von: 01.02.2026\nAn: 03.03.2026
Von meinem Handy aus kann ich mich nicht anmelden.
Von meinem Handy geht es nicht.
From my phone I can't log in.
From my phone it fails
Sent by mail last week, never arrived.
Sent with DHL on Monday, tracking 1234
Sent with DHL
Sent from your warehouse on Monday via mail
Sent via DHL mobile station on Monday
On 2 November I wrote:\nPlease cancel my box.
On 2 November you wrote:\nWe will refund.
Am 2. November schrieb ich:\nBitte kündigen.
Am 2.11. schrieben Sie:\nWir erstatten.
In your mail of 2 Nov you wrote: we refund.
Le 2 novembre j'ai écrit :\nAnnulez.
Op 2 november schreef ik:\nStop.
Den 2 november skrev jag:\nAvsluta.
El 2 de noviembre escribí:\nCancelar.
Box no. 12 arrived at 10:00:\nit was wet
Delivery 2026-11-02 10:00, driver wrote: not at home
The driver wrote at 10:00: not at home
Order 1234 (ann@example.com):\n2 boxes
My address: ann@example.com\nMy phone: 1234
2 Nov 2026 10:00 ann@example.com:\nthat is my login time and name
Get me Outlook of the parcels for Mac
iPhone case was sent from Berlin
Enviado por correo el lunes, no ha llegado.
Enviado con Correos el lunes
Envoyé par la poste lundi, rien reçu.
Inviato da Milano il 2 novembre, mai arrivato.
Inviato dal corriere rotto
Verzonden via PostNL, nooit aangekomen.
Skickat med PostNord i måndags, trasigt.
Sendt med posten mandag, aldri kommet.
Wysłane z Warszawy w poniedziałek, nie dotarło.
Отправлено из Москвы в понедельник, не дошло.
Odesláno z Prahy v pondělí, nedorazilo.
寄件自台北,一直沒到。
来自北京的包裹坏了。
从北京发送
東京から送信された箱が壊れていました。
서울에서 보낸 상자가 부서졌어요.
Please do not write above this line on the label, it said.
I replied above this line already but got no answer from your team about the jar
------\nOrder 1\n------\nOrder 2\n------
== Order ==\nSoap 3
From: 2 Nov\nTo: 9 Nov\nI am on holiday, please hold my box.
Date: 2 Nov 2026 10:00\nTo: my neighbour\nwas the parcel given
Sender: DHL\nRecipient: Ann\nDate: 2.11.2026 10:00\nStatus: damaged
Absender: DHL\nEmpfänger: Ann\nDatum: 2.11.2026 10:00\nStatus: beschädigt
Subject: broken jar\nTo: the support
Quoting your terms: refunds within 14 days.
Quoting your terms:\n"refunds within 14 days"
You are receiving this because I am angry.
-- just kidding, the box is great
--- not a signature ---
Monday, 2 November, 10:00: parcel came\nTuesday: opened
On Monday at 10:00 the driver came and wrote:
""".strip().split("\n")
HTML = {
    "gmail": '<div dir="ltr">Answer.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Nov 2, 2026 at 10:00 AM Box Club &lt;<a href="mailto:help@box.example">help@box.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex"><div>old</div></blockquote></div>',
    "gmail_zh": '<div dir="ltr">Answer.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Box &lt;help@box.example&gt; 于2026年11月2日周一 10:00写道：<br></div><blockquote>old</blockquote></div>',
    "outlook": '<div class="WordSection1"><p class="MsoNormal">Answer.<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Box &lt;help@box.example&gt; <br><b>Sent:</b> Monday, November 2, 2026 10:00 AM<br><b>To:</b> Ann<br><b>Subject:</b> Box<o:p></o:p></p></div><p class=MsoNormal>old</p></div>',
    "outlook_web": '<div>Answer.</div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>Von:</b> Box &lt;help@box.example&gt;<br><b>Gesendet:</b> Montag, 2. November 2026 10:00<br><b>An:</b> Ann<br><b>Betreff:</b> Box</font><div>&nbsp;</div></div><div>old</div>',
    "outlook_ios": '<div>Answer.</div><div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><hr><div id="divRplyFwdMsg"><b>From:</b> Box &lt;help@box.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Ann<br><b>Subject:</b> Box</div>old',
    "hotmail": '<div dir="ltr">Answer.<br><br><div><hr id="stopSpelling">Date: Mon, 2 Nov 2026 10:00:00 +0100<br>From: help@box.example<br>To: ann@example.com<br>Subject: Box<br><br>old</div></div>',
    "aol": "<div>Answer.</div><div>-----Original Message-----<br>From: Box &lt;help@box.example&gt;<br>To: Ann &lt;a@b.example&gt;<br>Sent: Mon, Nov 2, 2026 10:00 am<br>Subject: Box<br><br>old</div>",
    "comcast": '<div>Answer.</div><hr id="zwchr"><div><b>From: </b>"Box" &lt;help@box.example&gt;<br><b>To: </b>"Ann" &lt;a@b.example&gt;<br><b>Sent: </b>Monday, November 2, 2026 10:00:00 AM<br><b>Subject: </b>Box<br><br>old</div>',
    "thunderbird": '<p>Answer.</p><div class="moz-cite-prefix">On 02/11/2026 10:00, Box wrote:<br></div><blockquote type="cite" cite="mid:x">old</blockquote><pre class="moz-signature">-- \nAnn</pre>',
    "yahoo": '<div class="yahoo-style-wrap"><div>Answer.</div></div><div id="yahoo_quoted_1" class="yahoo_quoted"><div> On Monday, November 2, 2026, 10:00:00 AM GMT+1, Box &lt;help@box.example&gt; wrote: </div><div><br></div><div>old</div></div>',
    "apple": '<div>Answer.</div><div><br></div><div>Sent from my iPhone</div><div><br><blockquote type="cite">On Nov 2, 2026, at 10:00 AM, Box &lt;help@box.example&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div>old</div></blockquote>',
    "gmx": '<div>Answer.</div><div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;"><div><b>Gesendet:</b>&nbsp;Montag, 02. November 2026 um 10:00 Uhr<br/><b>Von:</b>&nbsp;&quot;Box&quot; &lt;help@box.example&gt;<br/><b>An:</b>&nbsp;ann@example.com<br/><b>Betreff:</b>&nbsp;Box</div><div>old</div></div>',
    "proton": '<div>Answer.</div><div class="protonmail_quote">On Monday, November 2nd, 2026 at 10:00 AM, Box &lt;help@box.example&gt; wrote:<br><blockquote class="protonmail_quote">old</blockquote></div>',
    "zoho": '<div>Answer.<br></div><div class="zmail_extra"><br>---- On Mon, 02 Nov 2026 10:00:00 +0100 <b>Box &lt;help@box.example&gt;</b> wrote ----<br><br><blockquote>old</blockquote></div>',
    "notes": "<font size=2>Answer.</font><br><br><table><tr><td>Von:</td><td>Box/Firma</td></tr><tr><td>An:</td><td>Ann &lt;a@b.example&gt;</td></tr><tr><td>Datum:</td><td>02.11.2026 10:00</td></tr><tr><td>Betreff:</td><td>Box</td></tr></table><hr>old",
    "mailru": '<div>Answer.</div><blockquote style="border-left:1px solid #0857A6">Понедельник, 2 ноября 2026, 10:00 +03:00 от Box &lt;help@box.example&gt;:<br><div>old</div></blockquote>',
    "yandex": '<div>Answer.</div><div>02.11.2026, 10:00, "Box" &lt;help@box.example&gt;:</div><blockquote><p>old</p></blockquote>',
    "163": '<div>Answer.</div><pre>At 2026-11-02 10:00:00, "Box" &lt;help@box.example&gt; wrote:\n</pre><blockquote id="isReplyContent">old</blockquote>',
    "qq": '<div>Answer.</div><div><br></div><div style="font-size: 12px;padding:2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="background:#efefef"><div><b>发件人:</b>&nbsp;"Box"&lt;help@box.example&gt;;</div><div><b>发送时间:</b>&nbsp;2026年11月2日</div><div><b>收件人:</b>&nbsp;"Ann"</div><div><b>主题:</b>&nbsp;Box</div></div><div>old</div>',
    "superhuman": '<div>Answer.</div><div><br></div><div>Sent via <a href="https://sprh.mn/?vip=a">Superhuman iOS</a></div><br><div class="gmail_quote">On Mon, Nov 02, 2026 at 10:00 AM, Box <<a href="mailto:help@box.example">help@box.example</a>> wrote:<br><blockquote>old</blockquote></div>',
    "spark": '<div name="messageBodySection">Answer.</div><div name="messageReplySection">On 2 Nov 2026, 10:00 +0100, Box &lt;help@box.example&gt;, wrote:<br><blockquote type="cite" class="spark_quote">old</blockquote></div>',
    "front": '<div>Answer.</div><br><blockquote type="cite" class="front-blockquote"><div>On November 2, 2026 at 10:00 AM GMT+1 help@box.example wrote:<br><br></div>old</blockquote>',
    "zendesk": "<div>Answer.</div><div>##- Please type your reply above this line -##</div><div>old</div>",
    "freshdesk": '<div>Answer.</div><div class="freshdesk_quote"><blockquote>On Mon, 2 Nov at 10:00 AM, Box &lt;help@box.example&gt; wrote:<br>old</blockquote></div>',
    "intercom": "<div>Answer.</div><div>-- Reply ABOVE THIS LINE to respond --</div>old",
    "k9": '<div>Answer.<br><br>-- <br>Sent from my Android device with K-9 Mail. Please excuse my brevity.</div><br><div class="gmail_quote">On 2 November 2026 10:00:00 GMT+01:00, Box &lt;help@box.example&gt; wrote:<blockquote>old</blockquote></div>',
    "samsung": '<div>Answer.</div><div style="font-size:85%">Von meinem/meiner Galaxy gesendet</div><div><br></div><div>-------- Ursprüngliche Nachricht --------</div><div>Von: Box &lt;help@box.example&gt; </div><div>Datum: 02.11.26  10:00  (GMT+01:00) </div><div>An: Ann </div><div>Betreff: Box </div><div><br></div>old',
}


def unescaped(line: str) -> str:
    return line.replace("\\n", "\n").replace("\\t", "\t")


@pytest.mark.parametrize("tail", ["\n> old text\n> more", "\nold text\nmore"], ids=["marked", "unmarked"])
@pytest.mark.parametrize("between", ["\n", "\n\n"], ids=["at once", "a line below"])
def test_reply_ends_where_a_program_introduces_the_mail_it_answers(between, tail):
    answer = "My answer.\nSecond line."
    read = {line: split_reply(f"{answer}{between}{unescaped(line)}\n{tail}").visible for line in INTRODUCTIONS}
    assert {line: visible for line, visible in read.items() if visible != answer} == {}


@pytest.mark.parametrize("tail", ["", "\n\nOn Mon, 2 Nov 2026, Box <help@box.example> wrote:\n> old"])
def test_footers_of_phones_and_programs_are_not_the_reply(tail):
    answer = "My answer.\n\nThanks, Ann"
    read = {line: split_reply(f"{answer}\n\n{unescaped(line)}\n{tail}").visible for line in FOOTERS}
    assert {line: visible for line, visible in read.items() if visible != answer} == {}


@pytest.mark.parametrize("end", ["\n", "\n\n"])
def test_words_that_look_like_a_quote_or_a_footer_stay(end):
    read = {line: split_reply(f"Hello,\n\n{unescaped(line)}{end}Please help, Ann") for line in OWN_WORDS}
    assert {line: split.quoted for line, split in read.items() if split.quoted or split.forwarded} == {}


@pytest.mark.parametrize("introduction", ["Box Club schrieb:", "Quoting Box <h@box.example>:", "Zitat von Box:"])
def test_short_introduction_goes_with_the_quotation_that_ends_the_mail(introduction):
    assert split_reply(f"My answer.\n\n{introduction}\n> old").visible == "My answer."
    answered = f"Hi.\n\n{introduction}\n> old\n\nMy answer."
    assert split_reply(answered).visible == answered


@pytest.mark.parametrize("program", HTML)
def test_markup_of_mail_programs(program):
    assert parse_html(f"<html><body>{HTML[program]}</body></html>".encode()).visible_reply == "Answer."
