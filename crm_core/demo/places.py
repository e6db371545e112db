"""Where the demo company's customers live: names, towns and number ranges by country. Invented people, real scripts.

Number patterns use ranges set aside for fiction where a regulator has named some (US, GB, DE, FR); `#` is any digit.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One country. `cities` are (name, time zone); `family_first` puts the family name before the given one."""

    country: str
    language: str
    weight: int
    given: tuple[str, ...]
    family: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]
    mobile: tuple[str, ...]
    landline: tuple[str, ...]
    company: tuple[str, ...]
    two_families: bool = False
    family_first: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SPANISH_FAMILIES = _words(
    "García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno "
    "Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Ramírez Serrano Blanco Molina "
    "Ortega Delgado Castro Ortiz Rubio Marín Sanz Iglesias Medina Cortés Núñez Garrido Peña Cano Prieto Méndez Vidal"
)
_SPANISH_GIVEN = _words(
    "Antonio María José Carmen Manuel Ana Francisco Isabel Juan Laura David Cristina Javier Marta Daniel Lucía Carlos "
    "Elena Miguel Paula Alejandro Raquel Pablo Beatriz Sergio Nuria Rafael Silvia Fernando Rocío Jorge Alba Luis Irene "
    "Diego Inés Álvaro Claudia Adrián Sofía Víctor Julia Rubén Teresa Ángel Pilar Óscar Eva Iván Noelia"
)

PLACES: tuple[Place, ...] = (
    Place(
        "ES", "es", 34, _SPANISH_GIVEN, _SPANISH_FAMILIES,
        (("Madrid", "Europe/Madrid"), ("Barcelona", "Europe/Madrid"), ("València", "Europe/Madrid"),
         ("Sevilla", "Europe/Madrid"), ("Zaragoza", "Europe/Madrid"), ("Málaga", "Europe/Madrid"),
         ("Bilbao", "Europe/Madrid"), ("A Coruña", "Europe/Madrid"), ("Las Palmas", "Atlantic/Canary")),
        ("+346001#####", "+346101#####"), ("+349100#####", "+349300#####", "+349500#####"),
        ("Instalaciones {f}, S.L.", "Comunidad de Propietarios {c} {n}", "Bodegas {f}", "Hotel {f} {c}",
         "Climatización {f} e Hijos", "Colegio {f}"),
        two_families=True,
    ),
    Place(
        "MX", "es", 12, _SPANISH_GIVEN, _SPANISH_FAMILIES,
        (("Ciudad de México", "America/Mexico_City"), ("Guadalajara", "America/Mexico_City"),
         ("Monterrey", "America/Monterrey"), ("Puebla", "America/Mexico_City"), ("Tijuana", "America/Tijuana")),
        ("+52555000####", "+52333000####"), ("+52555001####",),
        ("Grupo {f}, S.A. de C.V.", "Ferretería {f}", "Hotel {f}"), two_families=True,
    ),
    Place(
        "AR", "es", 8,
        _words("Juan Martín Santiago Facundo Agustina Florencia Camila Julieta Nicolás Matías Sol Valentina Lautaro "
               "Micaela Gonzalo Milagros Ezequiel Candela Tomás Victoria"),
        _words("González Rodríguez Gómez Fernández Bianchi Rossi Ferrari Romano Sosa Acosta Benítez Medina Herrera "
               "Aguirre Pereyra Giménez Molina Silva Castro Ríos Villalba Ledesma"),
        (("Buenos Aires", "America/Argentina/Buenos_Aires"), ("Córdoba", "America/Argentina/Cordoba"),
         ("Rosario", "America/Argentina/Cordoba"), ("Mendoza", "America/Argentina/Mendoza")),
        ("+549115000####",), ("+54115001####",), ("{f} Hermanos S.R.L.", "Estancia {f}"),
    ),
    Place(
        "US", "en", 11,
        _words("James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan "
               "Joseph Jessica Thomas Karen Christopher Sarah Aisha Wei Priya Diego Malik Grace Olivia Noah Ethan"),
        _words("Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore Jackson Lee Thompson "
               "Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Nguyen Hill Patel Rivera O'Brien"),
        (("New York", "America/New_York"), ("Miami", "America/New_York"), ("Austin", "America/Chicago"),
         ("Chicago", "America/Chicago"), ("Denver", "America/Denver"), ("San Francisco", "America/Los_Angeles"),
         ("Phoenix", "America/Phoenix"), ("Honolulu", "Pacific/Honolulu")),
        ("+121255501##", "+130555501##", "+151255501##", "+131255501##", "+130355501##", "+141555501##",
         "+160255501##", "+180855501##"),
        ("+171855501##", "+178655501##", "+177355501##", "+172055501##"),
        ("{f} & Sons HVAC", "{c} Solar LLC", "{f} Property Group", "The {f} Inn"),
    ),
    Place(
        "GB", "en", 8,
        _words("Oliver Amelia George Isla Harry Ava Jack Freya Charlie Poppy Alfie Lily Rhys Cerys Hamish Ailsa Callum "
               "Niamh Imran Zara Tomasz Adaeze"),
        _words("Smith Jones Taylor Brown Williams Davies Evans Thomas Roberts Johnson Walker Wright Robinson Thompson "
               "Hughes Edwards Green Hall MacDonald Campbell Khan Ahmed Okafor Kowalski Pritchard"),
        (("London", "Europe/London"), ("Manchester", "Europe/London"), ("Edinburgh", "Europe/London"),
         ("Cardiff", "Europe/London"), ("Leeds", "Europe/London")),
        ("+442079460###", "+441614960###", "+441314960###"), ("+441134960###", "+442920180###"),
        ("{f} Heating Ltd", "{f} & Co. Lettings", "The {c} Arms"),
    ),
    Place(
        "DE", "de", 7,
        _words("Lukas Anna Leon Marie Finn Sophie Jonas Lena Maximilian Hannah Felix Mia Paul Emma Jürgen Sabine Uwe "
               "Birgit Björn Käthe Yusuf Elif Günther Anneliese"),
        _words("Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter "
               "Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Yılmaz Groß Weiß"),
        (("Berlin", "Europe/Berlin"), ("Hamburg", "Europe/Berlin"), ("München", "Europe/Berlin"),
         ("Köln", "Europe/Berlin"), ("Frankfurt am Main", "Europe/Berlin")),
        ("+493023125###", "+498999998###"), ("+494066969###", "+496990009###", "+492214710###"),
        ("{f} Haustechnik GmbH", "Stadtwerke {c}", "Gasthof {f}"),
    ),
    Place(
        "FR", "fr", 6,
        _words("Gabriel Jade Raphaël Louise Léo Emma Louis Alice Lucas Chloé Adam Inès Hugo Léa Jules Manon Maël Zoé "
               "François Hélène Benoît Noémie"),
        _words("Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy "
               "Fournier Girard Bonnet Mercier Benali Lefebvre Chevalier François Gauthier"),
        (("Paris", "Europe/Paris"), ("Lyon", "Europe/Paris"), ("Marseille", "Europe/Paris"),
         ("Toulouse", "Europe/Paris"), ("Rennes", "Europe/Paris")),
        ("+3319900####", "+3346571####"), ("+3353649####", "+33261911###", "+33353011###"),
        ("{f} Chauffage SARL", "Syndic {f}", "Hôtel du {f}"),
    ),
    Place(
        "CN", "zh", 5,
        _words("伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 志强 建华 晓明 雨涵 子轩 浩然"),
        _words("王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐"),
        (("上海", "Asia/Shanghai"), ("北京", "Asia/Shanghai"), ("深圳", "Asia/Shanghai"), ("杭州", "Asia/Shanghai")),
        ("+861380000####",), ("+86106555####", "+86216555####"), ("{c}{f}氏新能源有限公司", "{c}绿能科技有限公司{n}"),
        family_first=True,
    ),
    Place(
        "RU", "ru", 4,
        _words("Александр Дмитрий Максим Сергей Андрей Алексей Артём Илья Кирилл Михаил Никита Матвей Роман Егор Иван "
               "Пётр Фёдор Юрий"),
        _words("Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев "
               "Лебедев Семёнов Егоров Павлов Козлов"),
        (("Москва", "Europe/Moscow"), ("Санкт-Петербург", "Europe/Moscow"), ("Екатеринбург", "Asia/Yekaterinburg"),
         ("Владивосток", "Asia/Vladivostok")),
        ("+7903000####",), ("+7495555####",), ("ООО «{f} и партнёры»", "Гостиница «{c}» {n}"),
    ),
    Place(
        "BR", "pt", 5,
        _words("Miguel Helena Arthur Alice Gael Laura Heitor Manuela Davi Sophia João Antônia Luíza Conceição Caio "
               "Beatriz Thiago Letícia"),
        _words("Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins Carvalho "
               "Araújo Melo Barbosa Conceição Magalhães Brandão"),
        (("São Paulo", "America/Sao_Paulo"), ("Rio de Janeiro", "America/Sao_Paulo"), ("Manaus", "America/Manaus")),
        ("+551199000####", "+552199000####"), ("+55113000####",), ("{f} Energia Ltda.", "Pousada {f}"),
    ),
    Place(
        "SA", "ar", 2,
        _words("محمد أحمد خالد فهد سارة نورة عبدالله فاطمة يوسف ريم سلطان هند"),
        _words("العتيبي الحربي القحطاني الغامدي الزهراني الشمري الدوسري المطيري السبيعي"),
        (("الرياض", "Asia/Riyadh"), ("جدة", "Asia/Riyadh")),
        ("+96650000####",), ("+96611200####",), ("شركة {f} للطاقة {n}",),
    ),
    Place(
        "JP", "ja", 2,
        _words("翔太 陽菜 大輔 美咲 健一 さくら 拓也 結衣 直樹 愛"),
        _words("佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤"),
        (("東京", "Asia/Tokyo"), ("大阪", "Asia/Tokyo")),
        ("+81901000####",), ("+8135000####",), ("{f}電機株式会社", "旅館{f}{n}"), family_first=True,
    ),
)  # fmt: skip
