// The answer to free speech that was heard well and is no wish of these rules: what this brain can do, what it
// can not, and how it is given a model. Never that it was not understood: it was. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace earshot::worker {

struct FreeSpeech {
  std::string_view text;      // that was said
  std::string_view language;  // of the device
  // How many such answers the dialogue holds: the first one explains, later ones are short and vary.
  std::size_t answered_before = 0;
  std::string_view model;  // "qwen3:8b with Ollama" that was found on this machine; empty: none
};

// In the language of the sentence, where its letters tell it (kana, Hangul, Han), else in the device's:
// English, Chinese, Japanese, Korean, German, French, Spanish; others get English.
std::string honest_answer(const FreeSpeech& said);

// Whether a text of the assistant is one of them, in any language.
bool is_honest_answer(std::string_view text);

}  // namespace earshot::worker
