#include "gateway/ctl/finding.h"

#include <algorithm>
#include <array>

namespace earshot::ctl {

namespace {

struct Look {
  const char* mark;
  const char* word;
  Colour colour;
};
constexpr std::array<Look, 3> kLooks{
    {{"✓", "ok", Colour::kGreen}, {"!", "warn", Colour::kYellow}, {"✗", "fail", Colour::kRed}}};

const Look& look_of(Level level) {
  return kLooks[static_cast<std::size_t>(level)];
}

}  // namespace

Finding finding_of(const json::object& check) {
  const auto text = [&](const char* key) { return std::string(json::find_string(check, key).value_or("")); };
  const std::string level = text("level");
  return {.name = text("name"),
          .level = level == "fail"   ? Level::kFail
                   : level == "warn" ? Level::kWarn
                                     : Level::kOk,
          .message = text("message"),
          .advice = text("advice")};
}

json::object to_json(const Finding& finding, const char* seen_from) {
  return {{"from", seen_from},
          {"name", finding.name},
          {"ok", finding.level != Level::kFail},
          {"level", look_of(finding.level).word},
          {"message", finding.message},
          {"advice", finding.advice}};
}

Level worst(const std::vector<Finding>& findings) {
  Level level = Level::kOk;
  for (const Finding& finding : findings) level = std::max(level, finding.level);
  return level;
}

std::string finding_text(const Finding& finding, std::size_t name_width, bool colours) {
  const Look& look = look_of(finding.level);
  const std::string name = printable(finding.name);
  const std::size_t taken = display_width(name);
  std::string text = "  " + coloured(look.mark, look.colour, colours) + " " +
                     coloured(name, Colour::kBold, colours) +
                     std::string(taken < name_width ? name_width - taken : 0, ' ') + "  " +
                     printable(finding.message) + "\n";
  if (!finding.advice.empty())
    text += std::string(name_width + 6, ' ') +
            coloured("→ " + printable(finding.advice), look.colour, colours) + "\n";
  return text;
}

}  // namespace earshot::ctl
