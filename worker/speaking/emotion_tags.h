// Words in brackets that say how something is said ("[happy] Good morning!"): taken out of what is spoken, and turned into
// the device's face and the voice's feeling. Pure.
//
// Which words: the 21 faces that every device knows, and those of the agent's character. Other brackets stay.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

// Runs on: one thread; one object a reply.
class EmotionTags {
 public:
  static constexpr std::size_t kMaxTags = 64;
  static constexpr std::size_t kMaxBytes = 48;  // of a word; what is longer is none

  struct Part {
    std::string text;  // in front of the tag
    std::string tag;   // as the voice knows it; empty: the text just goes on
    std::string face;
  };

  // `own`: a word, and the face for it.
  explicit EmotionTags(std::map<std::string, std::string> own = {}) : own_(std::move(own)) {}

  // A tag may be split over pieces: what may become one is held back.
  std::vector<Part> feed(std::string_view piece);
  std::string flush();

 private:
  void close(std::vector<Part>& parts);

  std::map<std::string, std::string> own_;
  std::string held_;  // from an opening bracket on
};

}  // namespace earshot::worker
