"""Words that shops use for good and for defective parts, in the languages of many plants.

Compared without case, accents and width of characters: see `words.fold`.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GOOD = _words("""
accept acceptable accepted clean clear compliant conform conforming conformity correct
defectfree
defectless faultfree faultless flawless functional good goods healthy intact nodefect nodefects
nondefective normal ok okay oke okey pass passed passes passing perfect undamaged unbroken
golden
approved
gut gute guter gutes guten gutteil gutteile io ordnung fehlerfrei fehlerfreie mangelfrei
defektfrei
fehlerlos einwandfrei bestanden freigegeben heil unbeschädigt unbeschaedigt zulässig zulaessig
inordnung
bon bonne bons bonnes conforme conformes acceptée acceptées valide valides sain saine
bueno buena buenos buenas correcto correcta aceptado aceptada aprobado aprobada sano
buono buona buoni buone accettato accettata idoneo sano integro
boa boas bons aprovado aprovada aceito normais normale normali normaux normales
goed goede goedgekeurd
dobry dobra dobre dobrze prawidłowy prawidłowe zgodny zgodne
dobrý dobrá dobré dobrej vyhovující shodný shodné
godkänd godkänt godkända godkendt godkjent feilfri fejlfri felfri
hyvä hyvät hyväksytty kunnossa megfelelő hibátlan bună bune iyi sağlam dobar dobri
ispravno
ispravan korras hea labs gerai geras
хороший хорошая хорошие хорошо годен годный годные годная исправен исправный исправные норма
нормальный
нормальные ок добре добрий придатний
καλό καλα καλό סביר תקין תקינים جيد سليم مقبول مطابق ठीक सही अच्छा ดี ผ่าน ปกติ tốt đạt baik
lulus
合格 良 良好 良品 合格品 正常 正常品 好 好品 完好 完美 優良 优良 通过 通過 无缺陷 無缺陷 无不良
無不良 無欠陥 欠陥なし
良い 異常なし 正常時 양품 정상 합격 양호 좋음
""")
"""Each of these words alone means that the parts are good."""

UNSURE = _words("""
fine god bra bun jo jó dobro master ja yes true
""")
"""Good in one language, something else in another: used only beside a class of defects."""

BAD = _words("""
abnormal anomalies anomalous anomaly bad broken damage damaged damages defect defective
defectives
defects fail failed failing fails failure failures fault faults faulty flaw flawed flaws ko
nc ng niet nok noncompliant nonconforming notok notgood nogood reject rejected rejects scrap
unacceptable
unhealthy wrong ungood abnormality nonok nonconform nonconforme nonconformity
schlecht schlechte schlechter schlechtes schlechtteil schlechtteile nio ausschuss ausschuß
defekt
defekte defektes defekter fehler fehlerhaft fehlerhafte fehlteil fehlteile mangel mängel maengel
mangelhaft kaputt unzulässig beschädigt beschaedigt nacharbeit
mauvais mauvaise mauvaises défaut défauts défectueux défectueuse rebut
malo mala malos malas defecto defectos defectuoso defectuosa rechazado rechazada
difettoso difettosa difettosi difetto difetti cattivo cattiva scarto scarti
ruim ruins defeito defeitos defeituoso reprovado rejeitado
slecht slechte gebrek afgekeurd fout fouten
zły zła złe wada wady wadliwy wadliwe brak braki
vadný vadná vadné vada vady špatný špatné zmetek
dålig dåliga fel felaktig trasig dårlig dårlige feil fejl skadet kasseret defekta
huono viallinen vika hibás selejt defectă hatal\u0131 hata kusurlu bozuk loš neispravno praak
брак бракованный бракованные дефект дефекты дефектный дефектные плохой плохие плохо негодный
негодные
неисправен неисправный
לא_תקין פגום معيب تالف खराब ของเสีย เสีย ไม่ดี hỏng lỗi rusak cacat
不合格 不合格品 不良 不良品 不好 缺陷 次品 废品 異常 异常 欠陥 坏 坏品 瑕疵 불량 불량품 불합격
결함 이상
""")
"""Each of these words alone means that the parts are defective."""

FAULTS = _words("""
anomalies anomaly damage damages defect defective defectives defects fail failed failure
failures fault
faults faulty flaw flaws damaged rejects reject issue issues problem problems
fehler defekt defekte mangel mängel maengel ausschuss schaden schäden beanstandung
défaut défauts defecto defectos fallo fallos difetto difetti defeito defeitos fouten gebreken
gebrek
wad wady vad vada fel feil fejl hiba
дефект дефектов дефекта брака
""")
"""Faults that mean good after a word of absence: no defect, ohne Fehler, sans défaut."""

ABSENCE = _words("""
no non none not without zero ohne kein keine keinen sans sin senza zonder uten utan uden bez без
нет
""")

FREE = _words("""
free frei freie less los
""")
"""After a fault these words mean good: defect free."""

NEGATIONS = _words("""
no non not none never without un nicht kein keine keinen ne pas sin senza nie ikke inte ej ei
niet geen
sans nem nu değil degil nije neni není не нет n ikkje nao não
""")
"""Before a good word these words mean bad."""

NEUTRAL = _words("""
all as and of the a in with for new old only class classes klasse classe label labels category
kategorie
part parts piece pieces product products produkt produkte item items unit units sample samples
specimen
component components object objects set sets data dataset
photo photos foto fotos image images img imgs pic pics picture pictures bild bilder frame frames
shot
shots view views scan scans aufnahme aufnahmen
front back rear side sides top bottom left right up down upper lower inner outer inside outside
center
centre middle face edge surface near far
vorne hinten vorderseite rueckseite rückseite seite oben unten links rechts innen aussen außen
mitte
camera cam kamera station line linie machine maschine batch lot charge day night shift schicht
run
week monat month series serie number nr
teil teile stück stücke stueck stuecke muster bauteil bauteile proben probe
pièce pièces piece image images pieza piezas foto fotos pezzo pezzi peça peças imagem
casting castings cast screw screws bolt bolts gear gears cell cells bottle bottles board boards
pcb
weld welds cap caps cable cables tile tiles
found check checked test tested result inspection control
品 件 零件 部品 工件 产品 產品 製品 样品 樣品 照片 图片 圖片 图像 画像 写真 图 表面 正面 背面
제품 이미지 사진
фото детали деталь изделие изделия
""")
"""Words that name parts, photos or places, whether the parts are good or bad."""
