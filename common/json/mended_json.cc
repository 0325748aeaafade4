#include "common/json/mended_json.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace earshot::json {

namespace {

constexpr std::size_t kKeyLookAhead = 128;
constexpr std::string_view kReplacementEscape = "\\ufffd";

bool is_blank(char c) {
  return static_cast<unsigned char>(c) <= ' ';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<unsigned> hex_of(std::string_view four) {
  if (four.size() < 4) return std::nullopt;
  unsigned number = 0;
  for (const char c : four.substr(0, 4)) {
    const char small = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (!is_digit(small) && (small < 'a' || small > 'f')) return std::nullopt;
    number = number * 16 + static_cast<unsigned>(is_digit(small) ? small - '0' : small - 'a' + 10);
  }
  return number;
}

std::string_view take_digits(std::string_view& rest) {
  const auto end = std::ranges::find_if_not(rest, is_digit);
  const std::string_view digits(rest.data(), static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(digits.size());
  return digits;
}

// A number as C or people write it, as JSON writes it: `+5`, `.5`, `5.`, `007`.
std::optional<std::string> as_number(std::string_view word) {
  std::string number;
  if (word.starts_with('-')) number = "-";
  if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
  std::string_view whole = take_digits(word);
  const bool has_whole = !whole.empty();
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  number += has_whole ? whole : "0";
  std::string_view fraction;
  if (word.starts_with('.')) {
    word.remove_prefix(1);
    fraction = take_digits(word);
    if (!fraction.empty()) number.append(1, '.').append(fraction);
  }
  if (!has_whole && fraction.empty()) return std::nullopt;
  if (word.starts_with('e') || word.starts_with('E')) {
    word.remove_prefix(1);
    number += 'e';
    if (word.starts_with('-') || word.starts_with('+')) {
      number += word.front();
      word.remove_prefix(1);
    }
    const std::string_view exponent = take_digits(word);
    if (exponent.empty()) return std::nullopt;
    number += exponent;
  }
  return word.empty() ? std::optional(std::move(number)) : std::nullopt;
}

// What printf makes of values that are no numbers, and other languages of nothing.
bool is_no_value(std::string_view small) {
  if (small.starts_with('-') || small.starts_with('+')) small.remove_prefix(1);
  return small == "null" || small == "none" || small == "undefined" || small == "inf" ||
         small == "infinity" || small == "ovf" || small == "1.#inf" || small == "1.#ind" ||
         small == "1.#qnan" || small.starts_with("nan");
}

std::string as_value(std::string_view word) {
  std::string small(word);
  std::ranges::transform(small, small.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (small == "true" || small == "false") return small;
  if (is_no_value(small)) return "null";
  if (auto number = as_number(word)) return *std::move(number);
  std::string text = "\"";
  for (const char c : word) {
    if (c == '\\') text += '\\';
    text += is_blank(c) ? ' ' : c;
  }
  return text + '"';
}

class Mender {
 public:
  explicit Mender(std::string_view text) : text_(text) {}

  std::string run() {
    at_ = text_.find('{');
    if (at_ == std::string_view::npos) return {};
    while (at_ < text_.size() && !broken_) {
      if (step() && open_.empty()) break;
    }
    return std::move(out_);
  }

 private:
  enum class Want { kElement, kColon, kValue };  // kElement: a key, or a value of an array
  struct Container {
    char close;
    Want want = Want::kElement;
    bool any = false;       // an element has begun
    bool bare_key = false;  // the last key had no quotes
    bool is_object() const { return close == '}'; }
  };

  // RETURNS: whether a container ended.
  bool step() {
    const char c = text_[at_];
    if (is_blank(c)) {
      ++at_;
      return false;
    }
    switch (c) {
      case '{':
      case '[':
        open(c == '{' ? '}' : ']');
        return false;
      case '}':
      case ']':
        return close(c);
      case ',':
        end_element();
        ++at_;
        return false;
      case ':':
        colon();
        return false;
      case '"':
        begin_element();
        copy_string();
        open_.back().bare_key = false;
        after_scalar();
        return false;
      default:
        bare_word();
        return false;
    }
  }

  void open(char close_with) {
    if (!open_.empty() && open_.back().is_object() && open_.back().want != Want::kValue) return fail();
    if (open_.size() >= kMaxDepth) return fail();
    begin_element();
    if (!open_.empty()) open_.back().want = Want::kElement;
    out_ += text_[at_++];
    open_.push_back({.close = close_with});
  }

  bool close(char with) {
    if (open_.back().close != with) return fail(), false;
    end_element();
    out_ += with;
    ++at_;
    open_.pop_back();
    return true;
  }

  void colon() {
    if (open_.back().want != Want::kColon) return fail();
    open_.back().want = Want::kValue;
    out_ += ':';
    ++at_;
  }

  // Commas are written in front of what follows them: so one too many is left out.
  void begin_element() {
    if (open_.empty()) return;
    Container& in = open_.back();
    if (in.want == Want::kColon) return fail();
    if (in.want == Want::kValue) return;
    if (std::exchange(in.any, true)) out_ += ',';
  }

  // A key without a value gets null.
  void end_element() {
    Container& in = open_.back();
    if (in.want == Want::kColon && in.bare_key) return fail();  // words, no members
    if (in.want == Want::kColon) out_ += ':';
    if (in.want != Want::kElement) out_ += "null";
    in.want = Want::kElement;
  }

  void after_scalar() {
    Container& in = open_.back();
    in.want = in.is_object() && in.want == Want::kElement ? Want::kColon : Want::kElement;
  }

  void bare_word() {
    begin_element();
    const bool is_key = open_.back().is_object() && open_.back().want == Want::kElement;
    const std::size_t end = std::min(text_.find_first_of(is_key ? ",}]\":{[" : ",}]\"{[", at_), text_.size());
    std::string_view word = text_.substr(at_, end - at_);
    while (is_blank(word.back())) word.remove_suffix(1);
    const std::string value = as_value(word);
    if (is_key && value.front() != '"') {
      out_.append(1, '"').append(value).append(1, '"');
    } else {
      out_ += value;
    }
    at_ = end;
    open_.back().bare_key = is_key;
    after_scalar();
  }

  void copy_string() {
    out_ += '"';
    for (++at_; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '"') {
        if (is_end_of_string(at_ + 1)) {
          out_ += text_[at_++];
          return;
        }
        out_ += "\\\"";
        ++at_;
      } else if (c == '\\') {
        copy_escape();
      } else {
        copy_plain(c);
        ++at_;
      }
    }
    fail();
  }

  void copy_plain(char c) {
    switch (c) {
      case '\n':
        out_ += "\\n";
        break;
      case '\r':
        out_ += "\\r";
        break;
      case '\t':
        out_ += "\\t";
        break;
      default:
        out_ += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }

  void copy_escape() {
    const std::string_view rest = text_.substr(at_ + 1);
    if (!rest.empty() && std::string_view("\"\\/bfnrt").find(rest.front()) != std::string_view::npos) {
      out_ += text_.substr(at_, 2);
      at_ += 2;
      return;
    }
    const auto code = rest.starts_with('u') ? hex_of(rest.substr(1)) : std::nullopt;
    if (!code) {
      out_ += "\\\\";
      ++at_;
      return;
    }
    const bool surrogate = *code >= 0xD800 && *code <= 0xDFFF;
    if (!surrogate) {
      out_ += text_.substr(at_, 6);
      at_ += 6;
      return;
    }
    const std::string_view second = text_.substr(at_ + 6);
    const auto low = second.starts_with("\\u") ? hex_of(second.substr(2)) : std::nullopt;
    const bool pair = *code <= 0xDBFF && low && *low >= 0xDC00 && *low <= 0xDFFF;
    out_ += pair ? text_.substr(at_, 12) : kReplacementEscape;
    at_ += pair ? 12 : 6;
  }

  std::size_t skip_blanks(std::size_t from) const {
    while (from < text_.size() && is_blank(text_[from])) ++from;
    return from;
  }

  // Whether the quote in front of `from` ends its string, told by what follows: a good text has nothing else
  // there, and in one that was glued together a quote inside a string is seldom followed by that.
  bool is_end_of_string(std::size_t from) const {
    const Container& in = open_.back();
    const std::size_t next = skip_blanks(from);
    if (next == text_.size()) return false;  // the text ends too early either way
    const char c = text_[next];
    if (in.is_object() && in.want == Want::kElement) return c == ':';
    if (c == in.close) return is_end_of_container(next + 1);
    if (c != ',') return false;
    return in.is_object() ? is_key(next + 1) : is_value(next + 1);
  }

  bool is_end_of_container(std::size_t from) const {
    if (open_.size() == 1) return true;
    const std::size_t next = skip_blanks(from);
    return next == text_.size() || text_[next] == ',' || text_[next] == '}' || text_[next] == ']';
  }

  bool is_key(std::size_t from) const {
    const std::size_t next = skip_blanks(from);
    if (next == text_.size() || text_[next] != '"') return next < text_.size() && text_[next] == '}';
    const std::size_t limit = std::min(text_.size(), next + kKeyLookAhead);
    for (std::size_t i = next + 1; i < limit; ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '"') {
        const std::size_t behind = skip_blanks(i + 1);
        return behind < text_.size() && text_[behind] == ':';
      }
    }
    return limit != text_.size();
  }

  bool is_value(std::size_t from) const {
    const std::size_t next = skip_blanks(from);
    if (next == text_.size()) return false;
    const char c = text_[next];
    return is_digit(c) || std::string_view("\"-{[]tfn").find(c) != std::string_view::npos;
  }

  void fail() {
    broken_ = true;
    out_ += '!';  // no JSON holds that here
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  std::vector<Container> open_;
  bool broken_ = false;
};

}  // namespace

std::string mended(std::string_view text) {
  const std::string clean = clean_text(text, 3 * text.size());
  return Mender(clean).run();
}

Result<MendedObject> parse_mended_object(std::string_view text, std::size_t max_bytes) {
  auto parsed = parse_object(text, max_bytes);
  if (parsed) return MendedObject{.root = std::move(*parsed)};
  if (parsed.error().code == ErrorCode::kTooLarge) return parsed.error();
  auto second = parse_object(mended(text), 4 * max_bytes + 64);
  if (!second) return parsed.error();
  return MendedObject{.root = std::move(*second), .was_mended = true};
}

}  // namespace earshot::json
