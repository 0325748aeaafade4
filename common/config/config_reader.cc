#include "common/config/config_reader.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace earshot {

namespace {

struct Given {
  std::string scalar;
  std::vector<std::string> items;  // for a sequence
  enum class Kind { kScalar, kSequence, kSection, kNull } kind = Kind::kScalar;
  std::string where;  // file:line, or "command line"
};

std::optional<std::int64_t> to_int(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? std::string() : std::string(separator)) + word;
  return text;
}

}  // namespace

struct ConfigState {
  std::string name;
  std::map<std::string, Given> given;  // by full path: "udp.port"
  std::set<std::string> known;
  std::vector<std::string> problems;
  std::vector<std::pair<std::string, std::string>> effective;  // in reading order
  bool secrets_inline = false;

  void flatten(const YAML::Node& node, const std::string& path) {
    for (const auto& entry : node) {
      const auto key = entry.first.as<std::string>();
      const std::string full = path + key;
      const std::string where = name + ":" + std::to_string(entry.first.Mark().line + 1);
      if (given.contains(full)) problems.push_back(where + ": '" + full + "' is given twice");
      Given& slot = given[full];
      slot.where = where;
      switch (entry.second.Type()) {
        case YAML::NodeType::Map:
          slot.kind = Given::Kind::kSection;
          flatten(entry.second, full + ".");
          break;
        case YAML::NodeType::Sequence:
          slot.kind = Given::Kind::kSequence;
          for (const auto& item : entry.second) {
            if (item.IsScalar())
              slot.items.push_back(item.as<std::string>());
            else
              problems.push_back(where + ": '" + full + "' must be a list of plain values");
          }
          break;
        case YAML::NodeType::Scalar:
          slot.kind = Given::Kind::kScalar;
          slot.scalar = entry.second.as<std::string>();
          break;
        case YAML::NodeType::Null:
        case YAML::NodeType::Undefined:
          slot.kind = Given::Kind::kNull;
          break;
      }
    }
  }

  const Given* find(const std::string& path) {
    known.insert(path);
    const auto found = given.find(path);
    return found == given.end() || found->second.kind == Given::Kind::kNull ? nullptr : &found->second;
  }
  void refuse(const Given& at, const std::string& path, const std::string& what) {
    problems.push_back(at.where + ": '" + path + "' " + what);
  }
  const std::string* find_scalar(const std::string& path, const std::string& expected) {
    const Given* at = find(path);
    if (at == nullptr) return nullptr;
    if (at->kind == Given::Kind::kScalar) return &at->scalar;
    refuse(*at, path, "must be " + expected);
    return nullptr;
  }
  std::optional<std::int64_t> find_number(const std::string& path, IntRange range) {
    const std::string expected = "a whole number";
    const std::string* text = find_scalar(path, expected);
    if (text == nullptr) return std::nullopt;
    const auto number = to_int(*text);
    if (!number) {
      refuse(given[path], path, "must be " + expected + ", not '" + *text + "'");
    } else if (*number < range.min || *number > range.max) {
      refuse(given[path], path,
             "must be between " + std::to_string(range.min) + " and " + std::to_string(range.max) + ", not " +
                 *text);
    } else {
      return number;
    }
    return std::nullopt;
  }
  void record(const std::string& path, const std::string& value) {
    const auto same = [&](const auto& line) { return line.first == path; };
    if (const auto before = std::ranges::find_if(effective, same); before != effective.end()) {
      before->second = value;
    } else {
      effective.emplace_back(path, value);
    }
  }
};

void ConfigSection::read(std::string_view key, std::string& out) {
  const std::string path = path_ + std::string(key);
  if (const auto* text = state_->find_scalar(path, "a text")) out = *text;
  state_->record(path, "\"" + out + "\"");
}

void ConfigSection::read(std::string_view key, bool& out) {
  const std::string path = path_ + std::string(key);
  if (const auto* text = state_->find_scalar(path, "true or false")) {
    if (*text == "true")
      out = true;
    else if (*text == "false")
      out = false;
    else
      state_->refuse(state_->given[path], path, "must be true or false, not '" + *text + "'");
  }
  state_->record(path, out ? "true" : "false");
}

void ConfigSection::read(std::string_view key, int& out, IntRange range) {
  const std::string path = path_ + std::string(key);
  range.min = std::max<std::int64_t>(range.min, std::numeric_limits<int>::min());
  range.max = std::min<std::int64_t>(range.max, std::numeric_limits<int>::max());
  if (const auto number = state_->find_number(path, range)) out = static_cast<int>(*number);
  state_->record(path, std::to_string(out));
}

void ConfigSection::read(std::string_view key, std::uint16_t& out, IntRange range) {
  const std::string path = path_ + std::string(key);
  if (const auto number = state_->find_number(path, range)) out = static_cast<std::uint16_t>(*number);
  state_->record(path, std::to_string(out));
}

void ConfigSection::read(std::string_view key, std::uint32_t& out, IntRange range) {
  const std::string path = path_ + std::string(key);
  if (const auto number = state_->find_number(path, range)) out = static_cast<std::uint32_t>(*number);
  state_->record(path, std::to_string(out));
}

void ConfigSection::read(std::string_view key, double& out, double min, double max) {
  const std::string path = path_ + std::string(key);
  if (const auto* text = state_->find_scalar(path, "a number")) {
    char* end = nullptr;
    const double number = std::strtod(text->c_str(), &end);
    if (text->empty() || *end != '\0' || !std::isfinite(number)) {
      state_->refuse(state_->given[path], path, "must be a number, not '" + *text + "'");
    } else if (number < min || number > max) {
      std::ostringstream what;
      what << "must be between " << min << " and " << max << ", not " << *text;
      state_->refuse(state_->given[path], path, what.str());
    } else {
      out = number;
    }
  }
  std::ostringstream shown;
  shown << out;
  state_->record(path, shown.str());
}

void ConfigSection::read(std::string_view key, Milliseconds& out, IntRange range_ms) {
  const std::string path = path_ + std::string(key);
  if (const auto number = state_->find_number(path, range_ms)) out = Milliseconds(*number);
  state_->record(path, std::to_string(out.count()));
}

void ConfigSection::read(std::string_view key, std::vector<std::string>& out) {
  const std::string path = path_ + std::string(key);
  if (const Given* at = state_->find(path)) {
    if (at->kind == Given::Kind::kSequence)
      out = at->items;
    else
      state_->refuse(*at, path, "must be a list");
  }
  state_->record(path, "[" + joined(out, ", ") + "]");
}

void ConfigSection::read_choice(std::string_view key, std::string& out,
                                const std::vector<std::string>& choices) {
  const std::string path = path_ + std::string(key);
  const std::string expected = "one of: " + joined(choices, ", ");
  if (const auto* text = state_->find_scalar(path, expected)) {
    if (std::find(choices.begin(), choices.end(), *text) != choices.end())
      out = *text;
    else
      state_->refuse(state_->given[path], path, "must be " + expected + "; not '" + *text + "'");
  }
  state_->record(path, out);
}

void ConfigSection::read_secret(std::string_view key, Secret& out) {
  const std::string base = path_ + std::string(key);
  if (state_->secrets_inline) {
    if (const std::string* value = state_->find_scalar(base, "a text")) out = Secret(*value);
    for (const char* elsewhere : {"_env", "_file"}) {
      if (const Given* at = state_->find(base + elsewhere))
        state_->refuse(*at, base + elsewhere, "is not possible here: give the secret itself");
    }
    return state_->record(base, out.masked());
  }
  const std::string* variable = state_->find_scalar(base + "_env", "the name of an environment variable");
  const std::string* file = state_->find_scalar(base + "_file", "the path of a file");
  if (const auto inline_value = state_->given.find(base); inline_value != state_->given.end()) {
    state_->known.insert(base);
    state_->refuse(inline_value->second, base,
                   "is a secret and is never written here: use '" + std::string(key) +
                       "_env' (a variable's name) or '" + std::string(key) + "_file' (a file's path)");
  }
  if (variable != nullptr && file != nullptr) {
    state_->refuse(state_->given[base + "_file"], base, "is given both as _env and as _file; keep one");
  } else if (variable != nullptr) {
    const char* value = std::getenv(variable->c_str());
    if (value == nullptr)
      state_->refuse(state_->given[base + "_env"], base + "_env",
                     "names the variable '" + *variable + "', which is not set");
    else
      out = Secret(value);
  } else if (file != nullptr) {
    std::ifstream in(*file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
      state_->refuse(state_->given[base + "_file"], base + "_file",
                     "names the file '" + *file + "', which cannot be read");
    } else {
      std::string value = text.str();
      while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
      out = Secret(std::move(value));
    }
  }
  state_->record(base, out.masked());
}

ConfigSection ConfigSection::section(std::string_view key) {
  const std::string path = path_ + std::string(key);
  if (const Given* at = state_->find(path); at != nullptr && at->kind != Given::Kind::kSection) {
    state_->refuse(*at, path, "must be a section with keys of its own");
  }
  return {*state_, path + "."};
}

std::vector<std::string> ConfigSection::children() const {
  std::vector<std::string> names;
  for (auto at = state_->given.lower_bound(path_); at != state_->given.end() && at->first.starts_with(path_);
       ++at) {
    // A key may hold dots itself; what lies in a deeper section has that section before a dot of its path.
    bool deeper = false;
    for (auto dot = at->first.find('.', path_.size()); dot != std::string::npos && !deeper;
         dot = at->first.find('.', dot + 1)) {
      deeper = state_->given.contains(at->first.substr(0, dot));
    }
    if (!deeper) names.push_back(at->first.substr(path_.size()));
  }
  return names;
}

void ConfigSection::in_force(std::string_view key, const std::string& text) {
  state_->record(path_ + std::string(key), "\"" + text + "\"");
}

void ConfigSection::in_force(std::string_view key, const std::vector<std::string>& items) {
  state_->record(path_ + std::string(key), "[" + joined(items, ", ") + "]");
}

void ConfigSection::problem(std::string_view key, const std::string& what) {
  const std::string path = path_ + std::string(key);
  const auto found = state_->given.find(path);
  state_->problems.push_back((found == state_->given.end() ? state_->name : found->second.where) + ": '" +
                             path + "' " + what);
}

ConfigReader::ConfigReader(std::unique_ptr<ConfigState> state) : state_(std::move(state)) {}
ConfigReader::ConfigReader(ConfigReader&&) noexcept = default;
ConfigReader& ConfigReader::operator=(ConfigReader&&) noexcept = default;
ConfigReader::~ConfigReader() = default;

ConfigReader ConfigReader::load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw ConfigError(path + ": cannot be read");
  return parse(text.str(), path);
}

ConfigReader ConfigReader::parse(std::string_view text, const std::string& name) {
  auto state = std::make_unique<ConfigState>();
  state->name = name;
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    if (root.IsMap())
      state->flatten(root, "");
    else if (!root.IsNull())
      throw ConfigError(name + ":1: the file must hold keys and values");
  } catch (const YAML::Exception& failure) {
    throw ConfigError(name + ":" + std::to_string(failure.mark.line + 1) + ":" +
                      std::to_string(failure.mark.column + 1) + ": not YAML: " + failure.msg);
  }
  return ConfigReader(std::move(state));
}

ConfigReader ConfigReader::empty() {
  auto state = std::make_unique<ConfigState>();
  state->name = "(defaults)";
  return ConfigReader(std::move(state));
}

void ConfigReader::override_value(const std::string& path, const std::string& value) {
  Given& slot = state_->given[path];
  slot = Given{.scalar = value, .items = {}, .kind = Given::Kind::kScalar, .where = "command line"};
}

void ConfigReader::override_list(const std::string& path, const std::vector<std::string>& items) {
  state_->given[path] =
      Given{.scalar = {}, .items = items, .kind = Given::Kind::kSequence, .where = "command line"};
}

void ConfigReader::secrets_inline() {
  state_->secrets_inline = true;
}

ConfigSection ConfigReader::root() {
  return {*state_, ""};
}

void ConfigReader::finish() {
  auto problems = state_->problems;
  for (const auto& [path, at] : state_->given) {
    if (!state_->known.contains(path)) problems.push_back(at.where + ": unknown key '" + path + "'");
  }
  if (problems.empty()) return;
  throw ConfigError(joined(problems, "\n"));
}

std::string ConfigReader::effective() const {
  std::string text;
  for (const auto& [path, value] : state_->effective) text += path + ": " + value + "\n";
  return text;
}

}  // namespace earshot
