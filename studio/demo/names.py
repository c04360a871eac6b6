"""The names of a city's worth of people, each as its bearer writes it.

Any given name goes with any family name of the same language; where the family name tells a
woman from a man, the two are languages of their own. A name in another script says after `=` how
it is spelt in an e-mail address.
"""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass

HYPHENATED = 0.06


@dataclass(frozen=True)
class Name:
    written: str
    given: str
    family: str

    @classmethod
    def parse(cls, text: str) -> Name:
        """From "Ana Ruiz" or "田中 さくら=Sakura Tanaka"; a single word leaves `family` empty."""
        written, _, latin = text.partition("=")
        given, *rest = (latin or written).split()
        return cls(written, plain(given), plain(rest[-1]) if rest else "")


@dataclass(frozen=True)
class Language:
    people: int  # how many in a thousand
    given: str
    family: str
    written: str = "{given} {family}"

    def name(self, rng: random.Random) -> Name:
        given, latin_given = _choose(self.given, rng)
        family, latin_family = _choose(self.family, rng)
        if "=" not in self.family and rng.random() < HYPHENATED:
            other, _ = _choose(self.family, rng)
            family = family if other == family else f"{family}-{other}"
        written = self.written.format(given=given, family=family)
        return Name(written, plain(latin_given), plain(latin_family))


def any_name(rng: random.Random) -> Name:
    weights = [language.people for language in LANGUAGES]
    [language] = rng.choices(LANGUAGES, weights)
    return language.name(rng)


def plain(word: str) -> str:
    """The word in the letters and digits that any e-mail address may have."""
    letters = unicodedata.normalize("NFKD", word.lower().translate(UNJOINED))
    return re.sub(r"[^a-z0-9]", "", letters)


UNJOINED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "ı": "i"}
)


def _choose(names: str, rng: random.Random) -> tuple[str, str]:
    written, _, latin = rng.choice(names.split(", ")).partition("=")
    return written, latin or written


LANGUAGES = [
    Language(  # English
        330,
        "Amelia, Andrew, Angela, Anthony, Ben, Charlotte, Chloe, Claire, Daniel, David, Ella, Emily, "
        "Emma, Fiona, Georgia, Grace, Hannah, Harriet, Heather, Isabelle, Jack, James, Jess, Joan, "
        "Kate, Lachlan, Laura, Liam, Lucy, Matilda, Mark, Megan, Michael, Naomi, Olivia, Oscar, Paul, "
        "Penelope, Rachel, Rebecca, Ruby, Ruth, Sam, Sarah, Sophie, Stephen, Tess, Thomas, Vivienne, "
        "William, Zara, Mary-Anne, Billie-Jo",
        "Adams, Armstrong, Bailey, Baker, Bennett, Brown, Campbell, Carter, Clarke, Collins, Cooper, "
        "Davies, Edwards, Evans, Fletcher, Foster, Gibson, Graham, Harris, Hughes, Jackson, Jones, "
        "Kelly, King, Lewis, MacDonald, Marshall, Martin, McKenzie, Mitchell, Morgan, Morris, Murray, "
        "Parker, Pearce, Phillips, Reid, Richards, Robinson, Ross, Scott, Simpson, Smith, St. John, "
        "Stewart, Taylor, Thompson, Turner, Walker, Watson, White, Williams, Wilson, Wright, Young",
    ),
    Language(  # Irish
        45,
        "Aoife, Aisling, Caoimhe, Ciarán, Deirdre, Eoin, Gráinne, Méabh, Niamh, Oisín, Orla, Pádraig, "
        "Róisín, Ruairí, Seán, Sinéad, Siobhán, Úna",
        "O’Brien, O’Connor, O'Donnell, O’Neill, O'Shea, O’Sullivan, Brennan, Byrne, Doyle, Gallagher, "
        "Kavanagh, McCarthy, Mac Giolla Bhríde, Ní Bhriain, Ó Súilleabháin, Walsh",
    ),
    Language(  # Spanish
        40,
        "Alba, Álvaro, Ana, Andrés, Begoña, Camila, Carmen, Íñigo, Inés, Joaquín, José, Lucía, María, "
        "Martín, Mónica, Rocío, Sofía, Tomás, Ximena",
        "Álvarez, Castaño, Díaz, Fernández, García, Gómez, Ibáñez, Jiménez, López, Martínez, Muñoz, "
        "Núñez, Peña, Pérez, Rodríguez Vega, Sánchez, Vázquez, de la Cruz, Puig i Ferrer",
    ),
    Language(  # Portuguese
        25,
        "António, Beatriz, Conceição, Gonçalo, Helena, Inês, João, Lívia, Luís, Mariana, Tânia, Thaís",
        "Araújo, Assunção, Brandão, Conceição, Falcão, Gonçalves, Guimarães, Magalhães, Simões, Sá",
    ),
    Language(  # French
        30,
        "Anaïs, Benoît, Camille, Cécile, Chloé, Clémence, Éloïse, Étienne, François, Hélène, Jérôme, "
        "Loïc, Maëlle, Noémie, Océane, Théo, Zoé, Jean-Luc, Marie-Ève",
        "Beauséjour, Bélanger, Chrétien, d’Aubigny, Delâtre, Dupré, Gagné, L’Écuyer, Le Gall, Lefèvre, "
        "Maître, Noël, Thériault, de La Tour",
    ),
    Language(  # German and Dutch
        35,
        "Anke, Bärbel, Björn, Friederike, Greta, Günther, Jörg, Jürgen, Käthe, Lotte, Maarten, Noor, "
        "Sanne, Sören, Ute, Willem, Wolfgang, Zoë",
        "Böhm, Groß, Jäger, Köhler, Kröger, Müller, Schäfer, Schröder, Strauß, Weiß, de Vries, van Dijk, "
        "van den Berg, van ’t Hoff, von Bülow",
    ),
    Language(  # Italian
        40,
        "Alessandra, Beatrice, Chiara, Dario, Elisabetta, Fabio, Giulia, Giuseppe, Ilaria, Lorenzo, "
        "Marco, Niccolò, Noè, Paola, Rosaria, Vincenzo",
        "Barbieri, Cantù, Conti, D’Amico, D'Angelo, Dell’Acqua, Di Stefano, Esposito, Fabrizi, "
        "Lo Presti, Nicolò, Pellegrino, Rinaldi, Romanò, Vitale",
    ),
    Language(  # Scandinavian
        22,
        "Åsa, Astrid, Bjørn, Freja, Göran, Håkon, Ingrid, Jørgen, Kåre, Liv, Märta, Sigrid, Søren, Tuva",
        "Åkesson, Bergström, Dahl, Hægeland, Kjær, Lindqvist, Møller, Nygård, Öberg, Sjöberg, Sørensen",
    ),
    Language(6, "Björk, Guðrún, Hildur, Þórdís", "Einarsdóttir, Jónsdóttir, Þorsteinsdóttir"),
    Language(4, "Ólafur, Sigurður, Þór", "Guðmundsson, Jónsson, Ægisson"),
    Language(12, "Aino, Jyrki, Päivi, Satu, Väinö", "Hämäläinen, Järvinen, Mäkelä, Rönkkö, Väisänen"),
    Language(  # Polish women
        14, "Agnieszka, Kasia, Łucja, Małgorzata, Zofia", "Dąbrowska, Jabłońska, Wiśniewska, Zielińska"
    ),
    Language(8, "Łukasz, Michał, Paweł, Stanisław", "Dąbrowski, Kamiński, Wójcik, Wróbel, Żak"),
    Language(9, "Anežka, Jiřina, Kateřina, Věra", "Černá, Dvořáková, Němcová, Růžičková, Šťastná"),
    Language(9, "Dóra, Gergő, László, Réka, Zsófia", "Fehér, Kőszegi, Szűcs, Tóth, Vörös"),
    Language(8, "Ioana, Mădălina, Răzvan, Ștefan", "Bălan, Niță, Țăranu, Văcărescu"),
    Language(20, "Dušan, Goran, Mirjana, Snežana, Zoran, Željka", "Đukić, Jovanović, Kovač, Šarić, Živković"),
    Language(18, "Ayşe, Çağla, Emre, Gülşen, İpek, Ömer, Şule", "Aydın, Çelik, Güneş, Öztürk, Şahin, Yıldız"),
    Language(  # Vietnamese
        45,
        "Bảo, Đức, Hạnh, Hương, Kim Ngân, Linh, Minh Anh, Ngọc, Phương, Quỳnh, Thảo, Tuấn, Vy",
        "Bùi, Đặng, Đỗ, Hoàng, Lê, Ngô, Nguyễn, Phạm, Trần, Võ",
    ),
    Language(  # Indian, in Latin letters
        45,
        "Aditi, Aishwarya, Arjun, Deepa, Gurpreet, Harpreet, Kavya, Lakshmi, Meera, Nikhil, Priya, "
        "Rahul, Rohan, Sanjana, Shreya, Vikram",
        "Agarwal, Banerjee, Bhatt, Chatterjee, Desai, Gill, Iyer, Kaur, Menon, Nair, Patel, Reddy, "
        "Sharma, Singh, Subramanian",
    ),
    Language(  # Chinese, in Latin letters
        40,
        "Amy, Grace, Jia Hui, Jun, Kelvin, Li, Mei, Ming, Qiang, Wei, Xiu Ying, Yan, Yi-Ling",
        "Chan, Chen, Cheung, Ho, Huang, Lam, Lim, Liu, Ng, Tan, Wang, Wong, Wu, Xu, Zhang, Zhou",
    ),
    Language(15, "Aroha, Hēmi, Māia, Mere, Tāne, Wīremu", "Ngata, Parata, Tāwhiri, Te Kanawa, Tūhoe"),
    Language(14, "Leilani, Sefina, Sione, Tavita", "Faʻalogo, Kaʻahumanu, Latu, Leiʻataua, Tuʻipulotu"),
    Language(14, "Adébáyọ̀, Chinwe, Folúkẹ́, Ngozi, Ọlábísí", "Adéyẹmí, Nwosu, Ògúnbíyí, Okonkwo, Ọ̀ṣọ́bà"),
    Language(  # Arabic, in Latin letters
        30,
        "Amira, Fāṭima, Hassan, Huda, Khālid, Layla, Nadia, Omar, Rania, Tariq, Yasmin, Zaynab",
        "al-Ḥasan, al-Masri, Abu Bakr, Darwish, el-Sayed, Haddad, Khoury, Mansour, Saʿīd",
    ),
    Language(  # Arabic
        14,
        "ليلى=Layla, مريم=Maryam, نور=Nour, خالد=Khaled, يوسف=Youssef, هدى=Huda",
        "حداد=Haddad, منصور=Mansour, الخوري=Khoury, درويش=Darwish, العلي=Alali",
    ),
    Language(10, "نگار=Negar, آرش=Arash, شیرین=Shirin, کاوه=Kaveh", "رضایی=Rezaei, احمدی=Ahmadi, کریمی=Karimi"),
    Language(9, "נועה=Noa, תמר=Tamar, יונתן=Yonatan, שירה=Shira", "כהן=Cohen, לוי=Levi, פרידמן=Friedman"),
    Language(  # Greek women
        12, "Ελένη=Eleni, Αικατερίνη=Katerina, Ζωή=Zoi", "Παπαδοπούλου=Papadopoulou, Γεωργίου=Georgiou"
    ),
    Language(8, "Γιώργος=Giorgos, Νίκος=Nikos, Θεόδωρος=Theo", "Αγγελόπουλος=Angelopoulos, Ιωάννου=Ioannou"),
    Language(  # Russian women
        8, "Анастасия=Anastasia, Татьяна=Tatiana, Юлия=Yulia", "Соколова=Sokolova, Морозова=Morozova"
    ),
    Language(5, "Алексей=Alexei, Дмитрий=Dmitri, Фёдор=Fyodor", "Кузнецов=Kuznetsov, Орлов=Orlov"),
    Language(  # Ukrainian
        10, "Оксана=Oksana, Андрій=Andrii, Їванна=Ivanna, Софія=Sofiia", "Шевченко=Shevchenko, Лисенко=Lysenko"
    ),
    Language(5, "ნინო=Nino, გიორგი=Giorgi, თამარ=Tamar", "ბერიძე=Beridze, კაპანაძე=Kapanadze"),
    Language(5, "Անի=Ani, Տիգրան=Tigran, Նարե=Nare", "Սարգսյան=Sargsyan, Պետրոսյան=Petrosyan"),
    Language(  # Hindi
        12, "प्रिया=Priya, अनन्या=Ananya, राहुल=Rahul, सुनीता=Sunita", "शर्मा=Sharma, गुप्ता=Gupta, त्रिवेदी=Trivedi"
    ),
    Language(6, "கவிதா=Kavitha, முருகன்=Murugan, மீனா=Meena", "சுப்பிரமணியன்=Subramaniam, ராஜன்=Rajan"),
    Language(7, "ณัฐธิดา=Natthida, สมชาย=Somchai, ศิริพร=Siriporn", "แสงทอง=Saengthong, ศรีสุข=Srisuk, บุญมี=Boonmee"),
    Language(  # Japanese
        22,
        "さくら=Sakura, 陽子=Yoko, 健太=Kenta, ゆい=Yui, 翔太=Shota, 美咲=Misaki, 直樹=Naoki, あかり=Akari",
        "佐藤=Sato, 鈴木=Suzuki, 高橋=Takahashi, 渡辺=Watanabe, 伊藤=Ito, 小林=Kobayashi, 髙木=Takagi",
        written="{family} {given}",
    ),
    Language(  # Chinese
        32,
        "伟=Wei, 芳=Fang, 秀英=Xiuying, 静=Jing, 子涵=Zihan, 欣怡=Xinyi, 志明=Zhiming, 雅婷=Yating",
        "王=Wang, 李=Li, 张=Zhang, 陈=Chen, 刘=Liu, 林=Lin, 黃=Huang, 欧阳=Ouyang",
        written="{family}{given}",
    ),
    Language(  # Korean
        18,
        "민준=Minjun, 서연=Seoyeon, 지우=Jiwoo, 하은=Haeun, 도윤=Doyun, 수빈=Subin",
        "김=Kim, 이=Lee, 박=Park, 최=Choi, 정=Jung, 남궁=Namgung",
        written="{family}{given}",
    ),
]  # fmt: skip
