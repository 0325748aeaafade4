#include "worker/http_tools/value_template.h"

#include "common/http/url_coding.h"

namespace earshot::worker {

namespace {

constexpr std::string_view kBegin = "{{";
constexpr std::string_view kEnd = "}}";

std::string_view without_blanks(std::string_view name) {
  while (name.starts_with(' ')) name.remove_prefix(1);
  while (name.ends_with(' ')) name.remove_suffix(1);
  return name;
}

// Whether a string is open behind `text`, which begins where `open` says.
bool string_open_behind(std::string_view text, bool open) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (open && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      open = !open;
    }
  }
  return open;
}

// 52.52 and not 5.252E1, which is how the library writes it.
std::string number_text(double number) {
  std::string text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// JSON with numbers as people write them. As deep as the parser allows.
void append_plainly(const json::value& value, std::string& text) {
  if (value.is_double()) {
    text += number_text(value.get_double());
  } else if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) {
      text += &member == object->begin() ? "{" : ",";
      text += json::serialize(json::value(member.key())) + ":";
      append_plainly(member.value(), text);
    }
    text += object->empty() ? "{}" : "}";
  } else if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array) {
      text += &item == array->begin() ? "[" : ",";
      append_plainly(item, text);
    }
    text += array->empty() ? "[]" : "]";
  } else {
    text += json::serialize(value);
  }
}

std::string json_place(const json::value* value, bool in_string) {
  if (!in_string) return value == nullptr ? "null" : json::serialize(*value);
  const std::string quoted = json::serialize(json::value(value == nullptr ? "" : value_text(*value)));
  return quoted.substr(1, quoted.size() - 2);
}

// Whether its path has a segment that leads elsewhere: whoever sends the request takes it out, and one more with it.
bool has_step(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  while (true) {
    const std::size_t slash = url.find('/');
    if (slash == std::string_view::npos) return false;
    url.remove_prefix(slash + 1);
    const std::string_view segment = url.substr(0, url.find('/'));
    if (segment == "." || segment == "..") return true;
  }
}

}  // namespace

std::string value_text(const json::value& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return std::string(value.get_string());
  std::string text;
  append_plainly(value, text);
  return text;
}

Result<std::string> fill_template(std::string_view text, TemplatePlace place, const FindValue& find) {
  std::string filled;
  bool in_string = false;
  while (true) {
    const std::size_t begin = text.find(kBegin);
    const std::size_t end = begin == std::string_view::npos ? begin : text.find(kEnd, begin);
    if (end == std::string_view::npos) return filled.append(text);
    const std::string_view before = text.substr(0, begin);
    filled += before;
    in_string = string_open_behind(before, in_string);
    const json::value* value =
        find(without_blanks(text.substr(begin + kBegin.size(), end - begin - kBegin.size())));
    const std::string plain = value == nullptr ? std::string() : value_text(*value);
    switch (place) {
      case TemplatePlace::kUrl:
        filled += http::percent_encode(plain);
        break;
      case TemplatePlace::kHeader:
        if (plain.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
          return Error{ErrorCode::kInvalid, "an argument has a line end, which no header may have"};
        filled += plain;
        break;
      case TemplatePlace::kJson:
        filled += json_place(value, in_string);
        break;
      case TemplatePlace::kText:
        filled += plain;
        break;
    }
    text.remove_prefix(end + kEnd.size());
  }
}

Result<std::string> fill_url(std::string_view text, const FindValue& find) {
  auto url = fill_template(text, TemplatePlace::kUrl, find);
  if (url && has_step(*url)) return Error{ErrorCode::kInvalid, "an argument may not be a step in a path"};
  return url;
}

std::optional<std::string> unknown_template_name(std::string_view text,
                                                 const std::function<bool(std::string_view)>& known) {
  while (true) {
    const std::size_t begin = text.find(kBegin);
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t end = text.find(kEnd, begin);
    if (end == std::string_view::npos) return std::string(text.substr(begin, 40));
    const std::string_view name =
        without_blanks(text.substr(begin + kBegin.size(), end - begin - kBegin.size()));
    if (!known(name)) return std::string(name);
    text.remove_prefix(end + kEnd.size());
  }
}

}  // namespace earshot::worker
