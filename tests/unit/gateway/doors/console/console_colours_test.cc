// The console's colours in both schemes, against WCAG 2.1 AA: 4.5 for text, 3 for shapes that tell something.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "gateway/doors/console/console_assets.h"

namespace earshot::gateway {
namespace {

using Colours = std::map<std::string, std::string>;

struct Pair {
  const char* front;
  const char* back;
  double least;
};

constexpr double kText = 4.5;
constexpr double kShape = 3;

const std::vector<Pair>& pairs() {
  static const std::vector<Pair> all{
      {"ink", "ground", kText},           {"ink", "surface", kText},
      {"ink-soft", "ground", kText},      {"ink-soft", "surface", kText},
      {"ink-soft", "sunken", kText},      {"accent", "surface", kText},
      {"accent", "ground", kText},        {"accent-strong", "accent-soft", kText},
      {"on-accent", "accent", kText},     {"on-accent", "accent-strong", kText},
      {"good", "good-soft", kText},       {"warn", "warn-soft", kText},
      {"bad", "bad-soft", kText},         {"bad", "surface", kText},
      {"on-bad", "bad", kText},           {"ground", "ink", kText},
      {"line-strong", "surface", kShape}, {"line-strong", "ground", kShape},
      {"good", "surface", kShape},        {"warn", "surface", kShape},
      {"hearing", "surface", kShape},     {"recogniser", "surface", kShape},
      {"brain", "surface", kShape},       {"voice", "surface", kShape},
      {"own", "surface", kShape}};
  return all;
}

Colours read(const std::string& css) {
  static const std::regex line(R"(--([a-z-]+): #([0-9a-f]{6});)");
  Colours found;
  for (std::sregex_iterator at(css.begin(), css.end(), line), end; at != end; ++at)
    found[(*at)[1]] = (*at)[2];
  return found;
}

double luminance(const std::string& hex) {
  const auto channel = [&hex](std::size_t at) {
    const double value = std::stoi(hex.substr(at, 2), nullptr, 16) / 255.0;
    return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4);
}

double contrast(const std::string& a, const std::string& b) {
  const auto [dark, light] = std::minmax({luminance(a), luminance(b)});
  return (light + 0.05) / (dark + 0.05);
}

void expect_legible(const Colours& colours, const char* scheme) {
  for (const auto& [front, back, least] : pairs()) {
    ASSERT_TRUE(colours.contains(front) && colours.contains(back)) << front << " " << back;
    EXPECT_GE(contrast(colours.at(front), colours.at(back)), least)
        << scheme << ": " << front << " on " << back;
  }
}

TEST(ConsoleColoursTest, CanBeReadInBothSchemes) {
  std::string css;
  for (const auto& asset : console::assets()) {
    if (asset.path() == "css/tokens.css") css = asset.content();
  }
  const auto dark = css.find("@media (prefers-color-scheme: dark)");
  ASSERT_NE(dark, std::string::npos);
  const Colours light_colours = read(css.substr(0, dark));
  Colours dark_colours = read(css.substr(dark));
  dark_colours.insert(light_colours.begin(), light_colours.end());
  expect_legible(light_colours, "light");
  expect_legible(dark_colours, "dark");
}

}  // namespace
}  // namespace earshot::gateway
