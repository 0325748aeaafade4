#include "worker/http_tools/feed_reader.h"

#include <charconv>
#include <optional>
#include <string>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxFieldBytes = 2000;
constexpr std::string_view kDataBegin = "<![CDATA[";
constexpr std::string_view kDataEnd = "]]>";

void append_character(std::string& text, std::uint32_t code) {
  const auto add = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) return add(code);
  if (code < 0x800) {
    add(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    add(0xE0 | code >> 12);
    add(0x80 | (code >> 6 & 0x3F));
  } else {
    add(0xF0 | (code >> 18 & 0x07));
    add(0x80 | (code >> 12 & 0x3F));
    add(0x80 | (code >> 6 & 0x3F));
  }
  add(0x80 | (code & 0x3F));
}

std::optional<std::string> entity_text(std::string_view name) {
  if (name == "amp") return "&";
  if (name == "lt") return "<";
  if (name == "gt") return ">";
  if (name == "quot") return "\"";
  if (name == "apos") return "'";
  if (name == "nbsp") return " ";
  if (!name.starts_with('#')) return std::nullopt;
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x');
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto end = std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
  if (end.ec != std::errc() || end.ptr != name.data() + name.size() || code < 0x20 || code > 0x10FFFF)
    return std::nullopt;
  std::string text;
  append_character(text, code);
  return text;
}

std::string with_entities(std::string_view text) {
  constexpr std::size_t kLongest = 10;
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '&') {
      const std::size_t end = text.substr(0, i + kLongest).find(';', i);
      const auto entity =
          end == std::string_view::npos ? std::nullopt : entity_text(text.substr(i + 1, end - i - 1));
      if (entity) {
        made += *entity;
        i = end;
        continue;
      }
    }
    made += text[i];
  }
  return made;
}

// Without elements, runs of blanks as one.
std::string without_marks(std::string_view text) {
  std::string made;
  bool in_mark = false;
  for (const char c : text) {
    if (c == '<') in_mark = true;
    const bool blank = in_mark || static_cast<unsigned char>(c) <= ' ';
    if (!blank) {
      made += c;
    } else if (!made.empty() && made.back() != ' ') {
      made += ' ';
    }
    if (c == '>') in_mark = false;
  }
  while (made.ends_with(' ')) made.pop_back();
  return json::clean_text(made, kMaxFieldBytes);
}

// What stands in the first `<name ...>...</name>`; nullopt: there is none.
struct Element {
  std::string_view attributes;
  std::string_view content;
  std::size_t end = 0;  // behind it
};
std::optional<Element> element(std::string_view text, std::string_view name, std::size_t from = 0) {
  while ((from = text.find('<', from)) != std::string_view::npos) {
    const std::string_view rest = text.substr(from + 1);
    const bool named = rest.starts_with(name) && rest.size() > name.size() &&
                       std::string_view(" \t\r\n>/").find(rest[name.size()]) != std::string_view::npos;
    if (!named) {
      ++from;
      continue;
    }
    const std::size_t close = text.find('>', from);
    if (close == std::string_view::npos) return std::nullopt;
    const std::size_t behind_name = from + 1 + name.size();
    Element found{
        .attributes = text.substr(behind_name, close - behind_name), .content = {}, .end = close + 1};
    if (found.attributes.ends_with('/')) return found;
    const std::string ending = "</" + std::string(name);
    const std::size_t end = text.find(ending, close);
    if (end == std::string_view::npos) return std::nullopt;
    found.content = text.substr(close + 1, end - close - 1);
    found.end = end + ending.size();
    return found;
  }
  return std::nullopt;
}

std::string field(std::string_view item, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = element(item, name);
    if (!found) continue;
    std::string_view content = found->content;
    const std::size_t data = content.find(kDataBegin);
    if (data != std::string_view::npos) {
      content.remove_prefix(data + kDataBegin.size());
      return without_marks(with_entities(content.substr(0, content.find(kDataEnd))));
    }
    // A description is HTML that was escaped: its entities are those of XML, and then its own.
    if (!content.empty()) return without_marks(with_entities(with_entities(content)));
  }
  return {};
}

std::string link_of(std::string_view item) {
  std::string link = field(item, {"link"});
  if (!link.empty()) return link;
  const auto found = element(item, "link");
  constexpr std::string_view kAddress = "href=\"";
  const std::size_t begin = found ? found->attributes.find(kAddress) : std::string_view::npos;
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = found->attributes.substr(begin + kAddress.size());
  return without_marks(with_entities(rest.substr(0, rest.find('"'))));
}

}  // namespace

json::object read_feed(std::string_view xml, std::size_t max_items) {
  json::array items;
  const std::string_view kind = element(xml, "item") ? "item" : "entry";
  std::size_t from = 0;
  while (items.size() < max_items) {
    const auto found = element(xml, kind, from);
    if (!found) break;
    from = found->end;
    const std::string_view item = found->content;
    items.push_back(json::object{{"title", field(item, {"title"})},
                                 {"link", link_of(item)},
                                 {"description", field(item, {"description", "summary", "content"})},
                                 {"date", field(item, {"pubDate", "updated", "published", "dc:date"})}});
  }
  return {{"items", std::move(items)}};
}

}  // namespace earshot::worker
