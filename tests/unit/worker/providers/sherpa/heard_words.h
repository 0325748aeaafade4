// What the recogniser of the models folder makes of speech, and how much of what was said that is.
#pragma once

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "worker/providers/sherpa/sherpa_model.h"

namespace earshot::worker::sherpa {

inline Model moonshine_in(const std::string& models_dir) {
  Model model;
  model.family = &*std::ranges::find(asr_families(), "moonshine", &Family::name);
  const std::string room = models_dir + "/moonshine-tiny-en/";
  model.files = {{"encoder", room + "encoder_model.ort"},
                 {"merged_decoder", room + "decoder_model_merged.ort"},
                 {"tokens", room + "tokens.txt"}};
  return model;
}

inline std::vector<std::string> words_of(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalpha(byte) != 0) plain += static_cast<char>(std::tolower(byte));
    if (std::isspace(byte) != 0) plain += ' ';
  }
  std::istringstream words(plain);
  return {std::istream_iterator<std::string>(words), {}};
}

// Of the words that were said, those that were heard, in whatever order.
inline double share_heard(const std::string& said, const std::string& heard) {
  const auto wanted = words_of(said);
  const auto got = words_of(heard);
  std::multiset<std::string> left(got.begin(), got.end());
  std::size_t found = 0;
  for (const std::string& word : wanted) {
    const auto here = left.find(word);
    if (here == left.end()) continue;
    left.erase(here);
    ++found;
  }
  return static_cast<double>(found) / static_cast<double>(wanted.size());
}

}  // namespace earshot::worker::sherpa
