// What recognisers write, made fit for a conversation. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace earshot::worker {

inline constexpr std::size_t kMaxTranscriptBytes = 16 * 1024;  // 15 minutes of fast speech

// Valid UTF-8 without SenseVoice's tags `<|...|>` (provider-protocol 0.7) and without white space around it.
std::string clean_transcript(std::string_view text);

// The language to ask for: "en" of "en-US". `configured` goes before `requested`; "auto", nothing, and what
// is no language tag give "".
std::string language_to_ask(std::string_view configured, std::string_view requested);

// The segments of an utterance as one text: a space between words, none beside Chinese and Japanese script.
class SegmentJoiner {
 public:
  void set_partial(std::string_view text);   // what is heard of the segment that is not decided yet
  void add_partial(std::string_view text);   // the same from servers that send pieces
  void commit(std::string_view text);        // the segment is decided; the partial text is forgotten
  void replace_last(std::string_view text);  // the latest decided segment, once more
  void clear();

  std::string text() const;  // all of it, at most kMaxTranscriptBytes
  bool empty() const { return decided_.empty() && last_.empty() && partial_.empty(); }

 private:
  std::string decided_;  // without the last
  std::string last_;
  std::string partial_;
};

}  // namespace earshot::worker
