#include "worker/providers/llm/wishes/unit.h"

#include <array>
#include <string>
#include <vector>

#include "worker/providers/llm/wishes/said_words.h"

namespace earshot::worker {

namespace {

using enum Quantity;

constexpr auto kUnits = std::to_array<Unit>({
    {kLength, 1, 0, "meter", "meters", "米", "metre,metres,m,公尺"},
    {kLength, 1000, 0, "kilometer", "kilometers", "公里", "kilometre,kilometres,km,kms,千米"},
    {kLength, 0.01, 0, "centimeter", "centimeters", "厘米", "centimetre,centimetres,cm,公分"},
    {kLength, 0.001, 0, "millimeter", "millimeters", "毫米", "millimetre,millimetres,mm"},
    {kLength, 1609.344, 0, "mile", "miles", "英里", "mi"},
    {kLength, 0.9144, 0, "yard", "yards", "码", "yd,yds"},
    {kLength, 0.3048, 0, "foot", "feet", "英尺", "ft"},
    {kLength, 0.0254, 0, "inch", "inches", "英寸", "in,吋"},
    {kLength, 1852, 0, "nautical mile", "nautical miles", "海里", ""},
    {kLength, 500, 0, "li", "li", "里", "华里"},
    {kLength, 1.0 / 3, 0, "chi", "chi", "尺", "市尺"},

    {kMass, 1, 0, "gram", "grams", "克", "gramme,grammes,g,gr"},
    {kMass, 1000, 0, "kilogram", "kilograms", "公斤", "kilo,kilos,kg,kgs,kilogramme,kilogrammes,千克"},
    {kMass, 0.001, 0, "milligram", "milligrams", "毫克", "mg"},
    {kMass, 1e6, 0, "tonne", "tonnes", "吨", "metric ton,metric tons,ton,tons,t"},
    {kMass, 453.59237, 0, "pound", "pounds", "磅", "lb,lbs"},
    {kMass, 28.349523125, 0, "ounce", "ounces", "盎司", "oz"},
    {kMass, 6350.29318, 0, "stone", "stone", "英石", "stones"},
    {kMass, 500, 0, "jin", "jin", "斤", "市斤"},
    {kMass, 50, 0, "liang", "liang", "两", ""},

    {kTemperature, 1, 273.15, "degree Celsius", "degrees Celsius", "摄氏度",
     "degrees celsius,degree celsius,celsius,degrees centigrade,centigrade,degrees c,c,摄氏"},
    {kTemperature, 5.0 / 9, 273.15 - 32 * 5.0 / 9, "degree Fahrenheit", "degrees Fahrenheit", "华氏度",
     "degrees fahrenheit,degree fahrenheit,fahrenheit,degrees f,f,华氏"},
    {kTemperature, 1, 0, "kelvin", "kelvin", "开尔文", "kelvins,k,开"},

    {kCapacity, 1, 0, "liter", "liters", "升", "litre,litres,l,公升"},
    {kCapacity, 0.001, 0, "milliliter", "milliliters", "毫升", "millilitre,millilitres,ml"},
    {kCapacity, 3.785411784, 0, "gallon", "gallons", "加仑", "us gallons,us gallon"},
    {kCapacity, 0.946352946, 0, "quart", "quarts", "夸脱", ""},
    {kCapacity, 0.473176473, 0, "pint", "pints", "品脱", ""},
    {kCapacity, 0.2365882365, 0, "cup", "cups", "杯", ""},
    {kCapacity, 0.0295735295625, 0, "fluid ounce", "fluid ounces", "液体盎司", "fl oz,液盎司"},
    {kCapacity, 0.01478676478125, 0, "tablespoon", "tablespoons", "汤匙", "tbsp"},
    {kCapacity, 0.00492892159375, 0, "teaspoon", "teaspoons", "茶匙", "tsp"},
    {kCapacity, 1000, 0, "cubic meter", "cubic meters", "立方米", "cubic metre,cubic metres"},

    {kSpeed, 1, 0, "meter per second", "meters per second", "米每秒",
     "metres per second,metre per second,meters a second,metres a second,m / s,米 / 秒"},
    {kSpeed, 1 / 3.6, 0, "kilometer per hour", "kilometers per hour", "公里每小时",
     "kilometres per hour,kilometre per hour,kilometers an hour,kilometres an hour,km / h,kph,kmh,千米每小时,"
     "公里 / 小时"},
    {kSpeed, 0.44704, 0, "mile per hour", "miles per hour", "英里每小时", "miles an hour,mph,英里 / 小时"},
    {kSpeed, 1852 / 3600.0, 0, "knot", "knots", "节", "kn"},
});

struct UnitName {
  const Unit* unit = nullptr;
  std::vector<std::string> words;
};

std::vector<UnitName> all_unit_names() {
  std::vector<UnitName> names;
  const auto add = [&](const Unit& unit, std::string_view name) {
    if (!name.empty()) names.push_back({&unit, said_words(name).words});
  };
  for (const Unit& unit : kUnits) {
    add(unit, unit.singular);
    add(unit, unit.plural);
    add(unit, unit.chinese);
    std::string_view rest = unit.others;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      add(unit, rest.substr(0, comma));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }
  return names;
}

}  // namespace

std::optional<ReadUnit> read_unit(std::span<const std::string> words) {
  static const std::vector<UnitName> kNames = all_unit_names();
  std::optional<ReadUnit> best;
  for (const UnitName& name : kNames) {
    if (name.words.size() > words.size() || (best && name.words.size() <= best->words)) continue;
    bool same = true;
    for (std::size_t i = 0; same && i < name.words.size(); ++i) same = name.words[i] == words[i];
    if (same) best = ReadUnit{name.unit, name.words.size()};
  }
  return best;
}

const Unit* whole_unit(std::span<const std::string> words) {
  const auto read = read_unit(words);
  return read && read->words == words.size() ? read->unit : nullptr;
}

double converted(double value, const Unit& from, const Unit& to) {
  return (value * from.factor + from.offset - to.offset) / to.factor;
}

}  // namespace earshot::worker
