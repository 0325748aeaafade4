#include "worker/conversation/sentence_splitter.h"

#include <array>
#include <cstdint>
#include <optional>

namespace earshot::worker {

namespace {

constexpr std::array<std::string_view, 4> kWideMarks = {"。", "！", "？", "；"};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_continuation(char c) {
  return (static_cast<std::uint8_t>(c) & 0xc0) == 0x80;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

// RETURNS: how many bytes the first sentence has, or nullopt if that is not known yet.
std::optional<std::size_t> first_sentence(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') return i + 1;
    for (const std::string_view mark : kWideMarks) {
      if (text.substr(i).starts_with(mark)) return i + mark.size();
    }
    if (text[i] != '.' && text[i] != '!' && text[i] != '?') continue;
    if (i + 1 >= text.size()) return std::nullopt;
    if (!is_blank(text[i + 1])) continue;
    const std::size_t next = text.find_first_not_of(" \t\r\n", i + 1);
    if (next == std::string_view::npos) return std::nullopt;
    const bool goes_on = text[i] == '.' && text[next] >= 'a' && text[next] <= 'z';
    if (!goes_on) return i + 1;
  }
  return std::nullopt;
}

// Where to cut a text that has no end: behind the last blank, else between two characters.
std::size_t forced_cut(std::string_view text) {
  const std::size_t blank = text.substr(0, SentenceSplitter::kMaxSentenceBytes).find_last_of(" \t\r\n");
  if (blank != std::string_view::npos && blank > 0) return blank;
  std::size_t cut = SentenceSplitter::kMaxSentenceBytes;
  while (cut > 1 && is_continuation(text[cut])) --cut;
  return cut;
}

}  // namespace

std::vector<std::string> SentenceSplitter::add(std::string_view delta) {
  rest_ += delta;
  return take(false);
}

std::vector<std::string> SentenceSplitter::flush() {
  return take(true);
}

std::vector<std::string> SentenceSplitter::take(bool at_end) {
  std::vector<std::string> sentences;
  std::string_view text = rest_;
  while (!text.empty()) {
    std::optional<std::size_t> size = first_sentence(text.substr(0, kMaxSentenceBytes));
    if (!size && text.size() > kMaxSentenceBytes) size = forced_cut(text);
    if (!size && at_end) size = text.size();
    if (!size) break;
    if (std::string sentence = trimmed(text.substr(0, *size)); !sentence.empty()) {
      sentences.push_back(std::move(sentence));
    }
    text.remove_prefix(*size);
  }
  rest_ = std::string(text);
  return sentences;
}

}  // namespace earshot::worker
