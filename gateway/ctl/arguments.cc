#include "gateway/ctl/arguments.h"

#include <charconv>

#include "gateway/ctl/failure.h"
#include "gateway/ctl/time_text.h"

namespace earshot::ctl {

std::string Arguments::text(const std::string& name, const std::string& otherwise) const {
  const auto found = values_.find(name);
  return found == values_.end() ? otherwise : found->second.front();
}

const std::vector<std::string>& Arguments::all(const std::string& name) const {
  static const std::vector<std::string> kNone;
  const auto found = values_.find(name);
  return found == values_.end() ? kNone : found->second;
}

std::string Arguments::joined(const std::string& name) const {
  std::string text;
  for (const auto& word : all(name)) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> Arguments::list(const std::string& name) const {
  std::vector<std::string> parts;
  for (const auto& word : all(name)) {
    for (std::size_t at = 0; at <= word.size();) {
      const std::size_t comma = std::min(word.find(',', at), word.size());
      if (comma > at) parts.push_back(word.substr(at, comma - at));
      at = comma + 1;
    }
  }
  return parts;
}

std::int64_t Arguments::number(const std::string& name, std::int64_t otherwise) const {
  if (!has(name)) return otherwise;
  const std::string text_given = text(name);
  std::int64_t value = 0;
  const auto [end, failure] =
      std::from_chars(text_given.data(), text_given.data() + text_given.size(), value);
  if (failure != std::errc{} || end != text_given.data() + text_given.size())
    throw Failure(Exit::kUsage, name + " takes a number, not '" + text_given + "'");
  return value;
}

std::int64_t Arguments::duration_ms(const std::string& name, std::int64_t otherwise) const {
  if (!has(name)) return otherwise;
  const auto value = parse_duration_ms(text(name));
  if (!value)
    throw Failure(Exit::kUsage,
                  name + " takes a time such as 500ms, 30s, 5m, 2h or 7d, not '" + text(name) + "'");
  return *value;
}

bool Arguments::on_off(const std::string& name) const {
  const std::string given = text(name);
  if (given == "on" || given == "true" || given == "yes") return true;
  if (given == "off" || given == "false" || given == "no") return false;
  throw Failure(Exit::kUsage, name + " takes on or off, not '" + given + "'");
}

}  // namespace earshot::ctl
