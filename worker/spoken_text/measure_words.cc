#include "worker/spoken_text/measure_words.h"

#include <array>
#include <string>

#include "worker/spoken_text/characters.h"

namespace earshot::worker {

namespace {

// "one|many", with "f:" in front where the word is feminine; '#': where the number stands, else in front.
using Row = std::array<std::string_view, kTongues>;

struct Unit {
  std::string_view sign;
  Row words;
};

// A longer sign stands in front of one that it begins with.
constexpr auto kUnits = std::to_array<Unit>({
    {"km/h",
     {"kilometer per hour|kilometers per hour", "公里每小时", "キロメートル毎時", "Stundenkilometer",
      "kilómetro por hora|kilómetros por hora", "kilomètre-heure|kilomètres-heure", "시속 # 킬로미터"}},
    {"kmh",
     {"kilometer per hour|kilometers per hour", "公里每小时", "キロメートル毎時", "Stundenkilometer",
      "kilómetro por hora|kilómetros por hora", "kilomètre-heure|kilomètres-heure", "시속 # 킬로미터"}},
    {"mph",
     {"mile per hour|miles per hour", "英里每小时", "マイル毎時", "f:Meile pro Stunde|Meilen pro Stunde",
      "f:milla por hora|millas por hora", "mile à l'heure|miles à l'heure", "시속 # 마일"}},
    {"m/s",
     {"meter per second|meters per second", "米每秒", "メートル毎秒", "Meter pro Sekunde",
      "metro por segundo|metros por segundo", "mètre par seconde|mètres par seconde", "초속 # 미터"}},
    {"km²",
     {"square kilometer|square kilometers", "平方公里", "平方キロメートル", "Quadratkilometer",
      "kilómetro cuadrado|kilómetros cuadrados", "kilomètre carré|kilomètres carrés", "제곱킬로미터"}},
    {"m²",
     {"square meter|square meters", "平方米", "平方メートル", "Quadratmeter",
      "metro cuadrado|metros cuadrados", "mètre carré|mètres carrés", "제곱미터"}},
    {"m³",
     {"cubic meter|cubic meters", "立方米", "立方メートル", "Kubikmeter", "metro cúbico|metros cúbicos",
      "mètre cube|mètres cubes", "세제곱미터"}},
    {"kWh",
     {"kilowatt hour|kilowatt hours", "千瓦时", "キロワット時", "f:Kilowattstunde|Kilowattstunden",
      "kilovatio hora|kilovatios hora", "kilowattheure|kilowattheures", "킬로와트시"}},
    {"°C",
     {"degree Celsius|degrees Celsius", "摄氏#度", "摂氏#度", "Grad Celsius", "grado Celsius|grados Celsius",
      "degré Celsius|degrés Celsius", "섭씨 # 도"}},
    {"℃",
     {"degree Celsius|degrees Celsius", "摄氏#度", "摂氏#度", "Grad Celsius", "grado Celsius|grados Celsius",
      "degré Celsius|degrés Celsius", "섭씨 # 도"}},
    {"°F",
     {"degree Fahrenheit|degrees Fahrenheit", "华氏#度", "華氏#度", "Grad Fahrenheit",
      "grado Fahrenheit|grados Fahrenheit", "degré Fahrenheit|degrés Fahrenheit", "화씨 # 도"}},
    {"℉",
     {"degree Fahrenheit|degrees Fahrenheit", "华氏#度", "華氏#度", "Grad Fahrenheit",
      "grado Fahrenheit|grados Fahrenheit", "degré Fahrenheit|degrés Fahrenheit", "화씨 # 도"}},
    {"°", {"degree|degrees", "度", "度", "Grad", "grado|grados", "degré|degrés", "도"}},
    {"%", {"percent", "百分之#", "パーセント", "Prozent", "por ciento", "pour cent", "퍼센트"}},
    {"‰", {"per thousand", "千分之#", "パーミル", "Promille", "por mil", "pour mille", "퍼밀"}},
    {"km",
     {"kilometer|kilometers", "公里", "キロメートル", "Kilometer", "kilómetro|kilómetros",
      "kilomètre|kilomètres", "킬로미터"}},
    {"cm",
     {"centimeter|centimeters", "厘米", "センチメートル", "Zentimeter", "centímetro|centímetros",
      "centimètre|centimètres", "센티미터"}},
    {"mm",
     {"millimeter|millimeters", "毫米", "ミリメートル", "Millimeter", "milímetro|milímetros",
      "millimètre|millimètres", "밀리미터"}},
    {"mi", {"mile|miles", "英里", "マイル", "f:Meile|Meilen", "f:milla|millas", "mile|miles", "마일"}},
    {"ft", {"foot|feet", "英尺", "フィート", "Fuß", "pie|pies", "pied|pieds", "피트"}},
    {"kg", {"kilogram|kilograms", "公斤", "キログラム", "Kilogramm", "kilo|kilos", "kilo|kilos", "킬로그램"}},
    {"mg",
     {"milligram|milligrams", "毫克", "ミリグラム", "Milligramm", "miligramo|miligramos",
      "milligramme|milligrammes", "밀리그램"}},
    {"lbs", {"pound|pounds", "磅", "ポンド", "Pfund", "f:libra|libras", "f:livre|livres", "파운드"}},
    {"lb", {"pound|pounds", "磅", "ポンド", "Pfund", "f:libra|libras", "f:livre|livres", "파운드"}},
    {"oz", {"ounce|ounces", "盎司", "オンス", "f:Unze|Unzen", "f:onza|onzas", "f:once|onces", "온스"}},
    {"ml",
     {"milliliter|milliliters", "毫升", "ミリリットル", "Milliliter", "mililitro|mililitros",
      "millilitre|millilitres", "밀리리터"}},
    {"mL",
     {"milliliter|milliliters", "毫升", "ミリリットル", "Milliliter", "mililitro|mililitros",
      "millilitre|millilitres", "밀리리터"}},
    {"min", {"minute|minutes", "分钟", "分", "f:Minute|Minuten", "minuto|minutos", "f:minute|minutes", "분"}},
    {"ms",
     {"millisecond|milliseconds", "毫秒", "ミリ秒", "f:Millisekunde|Millisekunden",
      "milisegundo|milisegundos", "f:milliseconde|millisecondes", "밀리초"}},
    {"kHz",
     {"kilohertz", "千赫", "キロヘルツ", "Kilohertz", "kilohercio|kilohercios", "kilohertz", "킬로헤르츠"}},
    {"MHz",
     {"megahertz", "兆赫", "メガヘルツ", "Megahertz", "megahercio|megahercios", "mégahertz", "메가헤르츠"}},
    {"GHz",
     {"gigahertz", "吉赫", "ギガヘルツ", "Gigahertz", "gigahercio|gigahercios", "gigahertz", "기가헤르츠"}},
    {"Hz", {"hertz", "赫兹", "ヘルツ", "Hertz", "hercio|hercios", "hertz", "헤르츠"}},
    {"kW",
     {"kilowatt|kilowatts", "千瓦", "キロワット", "Kilowatt", "kilovatio|kilovatios", "kilowatt|kilowatts",
      "킬로와트"}},
    {"KB",
     {"kilobyte|kilobytes", "千字节", "キロバイト", "Kilobyte", "kilobyte|kilobytes", "kilooctet|kilooctets",
      "킬로바이트"}},
    {"MB",
     {"megabyte|megabytes", "兆", "メガバイト", "Megabyte", "megabyte|megabytes", "mégaoctet|mégaoctets",
      "메가바이트"}},
    {"GB",
     {"gigabyte|gigabytes", "吉字节", "ギガバイト", "Gigabyte", "gigabyte|gigabytes", "gigaoctet|gigaoctets",
      "기가바이트"}},
    {"TB",
     {"terabyte|terabytes", "太字节", "テラバイト", "Terabyte", "terabyte|terabytes", "téraoctet|téraoctets",
      "테라바이트"}},
    {"dB",
     {"decibel|decibels", "分贝", "デシベル", "Dezibel", "decibelio|decibelios", "décibel|décibels",
      "데시벨"}},
    {"hPa",
     {"hectopascal|hectopascals", "百帕", "ヘクトパスカル", "Hektopascal", "hectopascal|hectopascales",
      "hectopascal|hectopascals", "헥토파스칼"}},
    {"m", {"meter|meters", "米", "メートル", "Meter", "metro|metros", "mètre|mètres", "미터"}},
    {"g", {"gram|grams", "克", "グラム", "Gramm", "gramo|gramos", "gramme|grammes", "그램"}},
    {"l", {"liter|liters", "升", "リットル", "Liter", "litro|litros", "litre|litres", "리터"}},
    {"L", {"liter|liters", "升", "リットル", "Liter", "litro|litros", "litre|litres", "리터"}},
    {"h", {"hour|hours", "小时", "時間", "f:Stunde|Stunden", "f:hora|horas", "f:heure|heures", "시간"}},
    {"W", {"watt|watts", "瓦", "ワット", "Watt", "vatio|vatios", "watt|watts", "와트"}},
    {"V", {"volt|volts", "伏", "ボルト", "Volt", "voltio|voltios", "volt|volts", "볼트"}},
});

struct Currency {
  std::array<std::string_view, 4> signs;
  Row words;
  Row small;  // a hundredth; empty: none
};

constexpr Row kCents{"cent|cents", "", "セント", "Cent", "centavo|centavos", "centime|centimes", "센트"};
constexpr Row kEuroCents{"cent|cents", "", "セント", "Cent", "céntimo|céntimos", "centime|centimes", "센트"};
constexpr Row kNone{};

constexpr auto kCurrencies = std::to_array<Currency>({
    {{"US$", "USD"},
     {"US dollar|US dollars", "美元", "米ドル", "US-Dollar", "dólar estadounidense|dólares estadounidenses",
      "dollar américain|dollars américains", "미국 달러"},
     kCents},
    {{"HK$", "HKD"},
     {"Hong Kong dollar|Hong Kong dollars", "港元", "香港ドル", "Hongkong-Dollar",
      "dólar de Hong Kong|dólares de Hong Kong", "dollar de Hong Kong|dollars de Hong Kong", "홍콩 달러"},
     kCents},
    {{"NT$", "TWD"},
     {"Taiwan dollar|Taiwan dollars", "新台币#元", "台湾ドル", "Taiwan-Dollar",
      "dólar de Taiwán|dólares de Taiwán", "dollar de Taïwan|dollars de Taïwan", "대만 달러"},
     kNone},
    {{"C$", "CAD"},
     {"Canadian dollar|Canadian dollars", "加元", "カナダドル", "kanadische Dollar",
      "dólar canadiense|dólares canadienses", "dollar canadien|dollars canadiens", "캐나다 달러"},
     kCents},
    {{"A$", "AUD"},
     {"Australian dollar|Australian dollars", "澳元", "豪ドル", "australische Dollar",
      "dólar australiano|dólares australianos", "dollar australien|dollars australiens", "호주 달러"},
     kCents},
    {{"CN¥", "RMB", "CNY"}, {"yuan", "元", "元", "Yuan", "yuan|yuanes", "yuan|yuans", "위안"}, kNone},
    {{"JP¥", "JPY"}, {"yen", "日元", "円", "Yen", "yen|yenes", "yen|yens", "엔"}, kNone},
    {{"$"}, {"dollar|dollars", "美元", "ドル", "Dollar", "dólar|dólares", "dollar|dollars", "달러"}, kCents},
    {{"€", "EUR"}, {"euro|euros", "欧元", "ユーロ", "Euro", "euro|euros", "euro|euros", "유로"}, kEuroCents},
    {{"£", "GBP"},
     {"pound|pounds", "英镑", "ポンド", "Pfund", "f:libra|libras", "f:livre|livres", "파운드"},
     {"penny|pence", "", "ペンス", "Pence", "penique|peniques", "penny|pence", "펜스"}},
    {{"¥", "￥"}, {"yen", "元", "円", "Yen", "yen|yenes", "yen|yens", "엔"}, kNone},
    {{"₩", "KRW"}, {"won", "韩元", "ウォン", "Won", "won", "won", "원"}, kNone},
    {{"₹", "INR"},
     {"rupee|rupees", "卢比", "ルピー", "f:Rupie|Rupien", "f:rupia|rupias", "f:roupie|roupies", "루피"},
     kNone},
    {{"₽", "RUB"},
     {"ruble|rubles", "卢布", "ルーブル", "Rubel", "rublo|rublos", "rouble|roubles", "루블"},
     kNone},
    {{"CHF"},
     {"Swiss franc|Swiss francs", "瑞士法郎", "スイスフラン", "Franken", "franco suizo|francos suizos",
      "franc suisse|francs suisses", "스위스 프랑"},
     kNone},
});

constexpr Row kTo{"to", "到", "から", "bis", "a", "à", "에서"};
constexpr Row kAndSmall{"and", "", "", "und", "con", "et", ""};

std::string_view form_of(std::string_view words, bool one) {
  if (words.starts_with("f:")) words.remove_prefix(2);
  const std::size_t bar = words.find('|');
  if (bar == std::string_view::npos) return words;
  return one ? words.substr(0, bar) : words.substr(bar + 1);
}

NumberForm number_form(std::string_view words) {
  return words.starts_with("f:") ? NumberForm::kFeminine : NumberForm::kMasculine;
}

bool is_one(const Figure& figure, Tongue tongue) {
  const std::int64_t whole = whole_of(figure);
  if (tongue == Tongue::kFrench) return whole < 2;
  return whole == 1 && figure.fraction.empty();
}

std::string with_number(std::string_view number, std::string_view words, Tongue tongue) {
  const std::size_t place = words.find('#');
  if (place != std::string_view::npos)
    return std::string(words.substr(0, place)) + std::string(number) + std::string(words.substr(place + 1));
  std::string out(number);
  append_words(out, words, tongue);
  return out;
}

bool goes_on(std::string_view sign, std::string_view rest) {
  const char last = sign.back();
  const bool letters = (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z');
  if (!letters || rest.empty()) return false;
  const char32_t next = character_at(rest, 0).code;
  return (is_word_character(next) && !is_written_without_blanks(next) &&
          script_of(next) != Script::kHangul) ||
         next == '/' || next == '_';
}

std::size_t blank_bytes(std::string_view text) {
  for (const std::string_view blank : {" ", "\u00A0", "\u202F"}) {
    if (text.starts_with(blank)) return blank.size();
  }
  return 0;
}

bool has_sign(std::string_view text, std::string_view sign) {
  return !sign.empty() && text.starts_with(sign) && !goes_on(sign, text.substr(sign.size()));
}

}  // namespace

std::optional<Sign> unit_at(std::string_view text, Tongue tongue) {
  const std::size_t blank = blank_bytes(text);
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    const std::string_view sign = kUnits[i].sign;
    if (!has_sign(text.substr(blank), sign)) continue;
    // "5 m" is a length; a single letter behind a blank may be a word of its own elsewhere.
    const bool letter = sign.size() == 1 && sign[0] != '%';
    if (letter && blank > 0 && tongue == Tongue::kSpanish && sign == "V") continue;
    return Sign{i, blank + sign.size()};
  }
  return std::nullopt;
}

std::optional<Sign> currency_at(std::string_view text, Tongue) {
  const std::size_t blank = blank_bytes(text);
  for (std::size_t i = 0; i < kCurrencies.size(); ++i) {
    for (const std::string_view sign : kCurrencies[i].signs) {
      if (has_sign(text.substr(blank), sign)) return Sign{i, blank + sign.size()};
    }
  }
  return std::nullopt;
}

std::string range_words(const Figure& from, const Figure& to, NumberForm form, Tongue tongue) {
  std::string out = figure_words(from, tongue, form);
  const bool particle = tongue == Tongue::kKorean;  // stands at its word
  if (particle) {
    out += kTo[index_of(tongue)];
  } else {
    append_words(out, kTo[index_of(tongue)], tongue);
  }
  append_words(out, figure_words(to, tongue, form), tongue);
  return out;
}

std::string amount_words(const Figure& from, const Figure* to, std::size_t unit, Tongue tongue) {
  const std::string_view words = kUnits[unit].words[index_of(tongue)];
  // "Two percent" is 百分之二, two kilometers are 两公里.
  const NumberForm form = words.find('#') != std::string_view::npos ? NumberForm::kAlone : number_form(words);
  const std::string number =
      to != nullptr ? range_words(from, *to, form, tongue) : figure_words(from, tongue, form);
  return with_number(number, form_of(words, to == nullptr && is_one(from, tongue)), tongue);
}

std::string money_words(const Figure& from, const Figure* to, std::size_t currency,
                        std::string_view magnitude, Tongue tongue) {
  const std::string_view words = kCurrencies[currency].words[index_of(tongue)];
  const std::string_view small = kCurrencies[currency].small[index_of(tongue)];
  const NumberForm form = number_form(words);
  if (!magnitude.empty()) {
    std::string out = to != nullptr ? range_words(from, *to, form, tongue) : figure_words(from, tongue, form);
    append_words(out, magnitude, tongue);
    const std::string_view name = form_of(words, false);
    const bool vowel = std::string_view("aeiou").find(name.front()) != std::string_view::npos;
    if (tongue == Tongue::kFrench && vowel) return out + " d'" + std::string(name);
    if (tongue == Tongue::kFrench || tongue == Tongue::kSpanish) out += " de";
    append_words(out, name, tongue);
    return out;
  }
  if (to != nullptr) return with_number(range_words(from, *to, form, tongue), form_of(words, false), tongue);
  const bool has_small = !small.empty() && from.fraction.size() == 2;
  if (!has_small)
    return with_number(figure_words(from, tongue, form), form_of(words, is_one(from, tongue)), tongue);
  Figure whole = from;
  whole.fraction.clear();
  Figure cents{
      .whole = from.fraction, .fraction = {}, .grouped = false, .negative = from.negative, .bytes = 0};
  const std::int64_t cent_count = whole_of(cents);
  const auto cents_said = [&] {
    return with_number(figure_words(cents, tongue, number_form(small)), form_of(small, cent_count == 1),
                       tongue);
  };
  if (whole_of(whole) == 0 && cent_count > 0) return cents_said();
  std::string out =
      with_number(figure_words(whole, tongue, form), form_of(words, is_one(whole, tongue)), tongue);
  if (cent_count == 0) return out;
  cents.negative = false;
  append_words(out, kAndSmall[index_of(tongue)], tongue);
  append_words(out, cents_said(), tongue);
  return out;
}

}  // namespace earshot::worker
