#include "worker/providers/asr/transcript_text.h"

#include "common/json/json.h"

namespace earshot::worker {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string without_tags(std::string_view text) {
  std::string out;
  while (true) {
    const auto begin = text.find("<|");
    const auto end = begin == std::string_view::npos ? begin : text.find("|>", begin + 2);
    if (end == std::string_view::npos) break;
    out += text.substr(0, begin);
    text.remove_prefix(end + 2);
  }
  out += text;
  return out;
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// The code point that begins at `at` in valid UTF-8.
char32_t code_point(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return lead;
  char32_t point = lead >= 0xF0 ? lead & 0x07U : lead >= 0xE0 ? lead & 0x0FU : lead & 0x1FU;
  for (std::size_t i = at + 1; i < text.size() && is_continuation(text[i]); ++i) {
    point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  return point;
}

// Scripts that put no space between words: Han, kana, bopomofo, their punctuation and wide forms. Not Hangul.
bool is_unspaced(char32_t point) {
  return (point >= 0x2E80 && point <= 0x9FFF && !(point >= 0x3130 && point <= 0x318F)) ||
         (point >= 0xF900 && point <= 0xFAFF) || (point >= 0xFE30 && point <= 0xFE4F) ||
         (point >= 0xFF00 && point <= 0xFFEF) || (point >= 0x20000 && point <= 0x3FFFF);
}

std::string joined(std::string_view left, std::string_view right) {
  std::string out(left);
  if (!left.empty() && !right.empty()) {
    std::size_t last = left.size() - 1;
    while (last > 0 && is_continuation(left[last])) --last;
    if (!is_unspaced(code_point(left, last)) && !is_unspaced(code_point(right, 0))) out += ' ';
  }
  out += right;
  return out;
}

}  // namespace

std::string clean_transcript(std::string_view text) {
  return trimmed(without_tags(json::clean_text(text, kMaxTranscriptBytes)));
}

std::string language_to_ask(std::string_view configured, std::string_view requested) {
  if (configured == "auto") return {};
  const std::string_view tag = configured.empty() ? requested : configured;
  std::string language(tag.substr(0, tag.find_first_of("-_")));
  if (language.size() < 2 || language.size() > 3) return {};
  for (char& c : language) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c < 'a' || c > 'z') return {};
  }
  return language;
}

void SegmentJoiner::set_partial(std::string_view text) {
  partial_ = clean_transcript(text);
}

void SegmentJoiner::add_partial(std::string_view text) {
  if (partial_.size() + text.size() > kMaxTranscriptBytes) return;
  partial_ = without_tags(partial_ + json::clean_text(text, kMaxTranscriptBytes));
}

void SegmentJoiner::commit(std::string_view text) {
  partial_.clear();
  std::string segment = clean_transcript(text);
  if (segment.empty()) return;
  if (decided_.size() + last_.size() > kMaxTranscriptBytes) return;
  decided_ = joined(decided_, last_);
  last_ = std::move(segment);
}

void SegmentJoiner::replace_last(std::string_view text) {
  partial_.clear();
  last_ = clean_transcript(text);
}

void SegmentJoiner::clear() {
  decided_.clear();
  last_.clear();
  partial_.clear();
}

std::string SegmentJoiner::text() const {
  return json::clean_text(joined(joined(decided_, last_), trimmed(partial_)), kMaxTranscriptBytes);
}

}  // namespace earshot::worker
