#include "worker/spoken_text/spoken_form.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

struct WrittenText {
  const char* written;
  const char* spoken;
};

template <std::size_t Size>
void expect_spoken(const char* language, const WrittenText (&cases)[Size]) {
  const SpokenForm form;
  for (const WrittenText& one : cases)
    EXPECT_EQ(form.of(one.written, language), one.spoken) << language << ": " << one.written;
}

TEST(SpokenForm, SpeaksEnglish) {
  const WrittenText cases[] = {
      {"It costs $5.99.", "It costs five dollars and ninety-nine cents."},
      {"$1, $0.05 and -$20", "one dollar, five cents and minus twenty dollars"},
      {"$3.5 million, $5M, €10-20",
       "three point five million dollars, five million dollars, ten to twenty euros"},
      {"5,000 EUR or 5 £", "five thousand euros or five pounds"},
      {"On 2025-01-02 it rains.", "On January second, twenty twenty-five it rains."},
      {"By 3/4/2025, or 25/12/2024.",
       "By March fourth, twenty twenty-five, or December twenty-fifth, twenty twenty-four."},
      {"At 2:05 p.m. or 10:00 or 10:30am.", "At two oh five p.m. or ten o'clock or ten thirty am."},
      {"It is 02:37:04 now.", "It is two thirty-seven and four seconds now."},
      {"It is 15.7% of 1,000.50 euros.",
       "It is fifteen point seven percent of one thousand point five zero euros."},
      {"1 km/h, 20 km/h, 3kg, -5 °C and 68°F",
       "one kilometer per hour, twenty kilometers per hour, three kilograms, minus five degrees Celsius and "
       "sixty-eight "
       "degrees Fahrenheit"},
      {"Call 555-1234 or (555) 123-4567 or +49 30 123456.",
       "Call five five five, one two three four or five five five, one two three, four five six seven or "
       "plus four nine, "
       "three zero, one two three four five six."},
      {"3-5 days, 10–20%, 1990-1995",
       "three to five days, ten to twenty percent, nineteen ninety to nineteen ninety-five"},
      {"1/2 cup, 3/4, 1 1/2 and 2½", "one half cup, three quarters, one and a half and two and a half"},
      {"The 21st, 2nd and 3rd.", "The twenty-first, second and third."},
      {"Version 2.0.1 is out.", "Version two point zero point one is out."},
      {"1,234,567 people", "one million two hundred thirty-four thousand five hundred sixty-seven people"},
      {"Agent 007", "Agent zero zero seven"},
  };
  expect_spoken("en-US", cases);
  const WrittenText british[] = {{"3/4/2025", "the third of April twenty twenty-five"}};
  expect_spoken("en-GB", british);
}

TEST(SpokenForm, SpeaksFormulas) {
  const WrittenText english[] = {
      {"It is $\\frac{a}{b}$.", "It is a over b."},
      {"Add $\\frac{1}{2}$ cup.", "Add one half cup."},
      {"So x^2 + y^3 = 10^{n+1}.", "So x squared + y cubed = 10 to the power of n+1."},
      {"$$E = mc^2$$", "E = mc squared"},
      {"(a + b)^2", "(a + b) squared"},
      {"$2\\pi r$ and $a\\times5$", "2 pi r and a times 5"},
      {"$\\sqrt{x_1}$, $\\sqrt[3]{8}$", "the square root of x 1, the cube root of 8"},
      {"It turns ( \\frac{a}{b} \\leq 90^\\circ ).",
       "It turns ( a over b less than or equal to 90 degrees )."},
      {"$\\text{speed} = \\dfrac{\\Delta s}{\\Delta t}$", "speed = delta s over delta t"},
      {"$\\left( \\sin x \\right)$", "( sin x )"},
  };
  expect_spoken("en-US", english);
  const WrittenText chinese[] = {{"面积是$\\pi r^2$。", "面积是π r的平方。"}, {"$\\frac{a}{b}$", "b分之a"}};
  expect_spoken("zh-CN", chinese);
  const WrittenText german[] = {{"$x^2 \\cdot \\frac{a}{b}$", "x hoch zwei mal a durch b"}};
  expect_spoken("de-DE", german);
}

TEST(SpokenForm, TakesNeitherMoneyNorPathsForFormulas) {
  const WrittenText cases[] = {
      {"$5 or $10", "five dollars or ten dollars"},
      {"Between $5 and 10$.", "Between five dollars and ten dollars."},
      {"Open C:\\times\\frac.", "Open C:\\times\\frac."},
      {"\\hello and ^_^ and foo^bar", "\\hello and ^_^ and foo^bar"},
      {"$\\frac{a", "${a"},
  };
  expect_spoken("en-US", cases);
}

TEST(SpokenForm, LeavesWhatEveryVoiceReadsRight) {
  const WrittenText cases[] = {
      {"2 * 3 is 6", "2 * 3 is 6"},
      {"I have 3 cats since 1984.", "I have 3 cats since 1984."},
      {"C# and snake_case_2 and GPT-4 and 3D and 5G and MP3",
       "C# and snake_case_2 and GPT-4 and 3D and 5G and MP3"},
      {"3/4/25 and 9/11 and 24/7 and 5-3", "3/4/25 and 9/11 and 24/7 and 5-3"},
      {"a-b - c", "a-b - c"},
  };
  expect_spoken("en-US", cases);
  const WrittenText russian[] = {{"Это $5.99", "Это $5.99"}};
  expect_spoken("ru-RU", russian);
  const WrittenText chinese[] = {{"我有2个苹果，2025年。", "我有2个苹果，2025年。"},
                                 {"3/4/2025", "3/4/2025"}};
  expect_spoken("zh-CN", chinese);
}

TEST(SpokenForm, SpeaksChinese) {
  const WrittenText cases[] = {
      {"今天是2025-01-02。", "今天是二零二五年一月二日。"},
      {"气温3.5度，湿度15%。", "气温三点五度，湿度百分之十五。"},
      {"时间是14:30，还有2:05。", "时间是十四点三十分，还有两点零五分。"},
      {"价格$5.99或¥100或3-5元", "价格五点九九美元或一百元或三到五元"},
      {"车速100km/h，2kg，-5°C", "车速一百公里每小时，两公斤，摄氏负五度"},
      {"电话13800138000", "电话幺三八，零零幺三，八零零零"},
      {"用了1/2", "用了二分之一"},
      {"１５％", "百分之十五"},
      {"一共1234567人", "一共一百二十三万四千五百六十七人"},
  };
  expect_spoken("zh-CN", cases);
}

TEST(SpokenForm, SpeaksJapanese) {
  const WrittenText cases[] = {
      {"2025-01-02です。", "二千二十五年一月二日です。"},
      {"14:30に15%", "十四時三十分に十五パーセント"},
      {"¥1,500と$5.99", "千五百円と五ドル九十九セント"},
      {"3/4です", "四分の三です"},
      {"20°C", "摂氏二十度"},
      {"03-1234-5678", "ゼロ三、一二三四、五六七八"},
  };
  expect_spoken("ja-JP", cases);
}

TEST(SpokenForm, SpeaksGerman) {
  const WrittenText cases[] = {
      {"Das kostet 5,99 €.", "Das kostet fünf Euro und neunundneunzig Cent."},
      {"Am 2025-01-02 und am 3.4.2025.",
       "Am zweiten Januar zweitausendfünfundzwanzig und am dritten April zweitausendfünfundzwanzig."},
      {"Am 21. November, der 3. Mai.", "Am einundzwanzigsten November, der dritte Mai."},
      {"Um 14:30 Uhr, um 1:00 Uhr.", "Um vierzehn Uhr dreißig, um ein Uhr."},
      {"1.000,5 km und 1 h und 1 kg", "eintausend Komma fünf Kilometer und eine Stunde und ein Kilogramm"},
      {"3–5 %", "drei bis fünf Prozent"},
      {"3,5 Millionen €", "drei Komma fünf Millionen Euro"},
      {"030 1234567", "null drei null, eins zwei drei vier fünf sechs sieben"},
  };
  expect_spoken("de-DE", cases);
}

TEST(SpokenForm, SpeaksSpanish) {
  const WrittenText cases[] = {
      {"Cuesta 5,99 €.", "Cuesta cinco euros con noventa y nueve céntimos."},
      {"El 2025-01-02, a las 14:30 h.", "El dos de enero de dos mil veinticinco, a las catorce treinta."},
      {"3,5 % y 21 km y 1 h", "tres coma cinco por ciento y veintiún kilómetros y una hora"},
      {"Es el 1.º y la 2ª", "Es el primero y la segunda"},
      {"3 millones €", "tres millones de euros"},
  };
  expect_spoken("es-ES", cases);
}

TEST(SpokenForm, SpeaksFrench) {
  const WrittenText cases[] = {
      {"Ça coûte 5,99 €.", "Ça coûte cinq euros et quatre-vingt-dix-neuf centimes."},
      {"Le 2025-01-01 à 14h30.", "Le premier janvier deux mille vingt-cinq à quatorze heures trente."},
      {"1 000,5 km et 3,14 et 1 h", "mille virgule cinq kilomètres et trois virgule quatorze et une heure"},
      {"Le 1er et la 1re et le 2e", "Le premier et la première et le deuxième"},
      {"01 23 45 67 89", "zéro un, vingt-trois, quarante-cinq, soixante-sept, quatre-vingt-neuf"},
      {"5 millions €", "cinq millions d'euros"},
  };
  expect_spoken("fr-FR", cases);
}

TEST(SpokenForm, SpeaksKorean) {
  const WrittenText cases[] = {
      {"2025-06-02입니다.", "이천이십오년 유월 이일입니다."},
      {"2:30에 15%", "두 시 삼십 분에 십오 퍼센트"},
      {"$5.99", "오 달러 구십구 센트"},
      {"20°C", "섭씨 이십 도"},
      {"1번째", "첫 번째"},
      {"010-1234-5678", "공 일 공, 일 이 삼 사, 오 육 칠 팔"},
  };
  expect_spoken("ko-KR", cases);
}

TEST(SpokenForm, ReplacesWordsBeforeNumbers) {
  const SpokenForm form(WordReplacements({{"Earshot", "ear shot"}, {"kmh", "km/h"}}));
  EXPECT_EQ(form.of("Earshot goes 5 kmh.", "en-US"), "ear shot goes five kilometers per hour.");
}

TEST(SpokenForm, StaysBounded) {
  const SpokenForm form;
  std::string numbers;
  for (int i = 0; i < 400; ++i) numbers += "$777,777.77 ";
  EXPECT_LE(form.of(numbers, "en-US").size(), SpokenForm::kMaxBytes);
  EXPECT_EQ(form.of(std::string(5000, '9'), "en-US"), std::string(5000, '9'));
}

}  // namespace
}  // namespace earshot::worker
