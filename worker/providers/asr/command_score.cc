#include "worker/providers/asr/command_score.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace earshot::worker {
namespace {

constexpr double kNothing = -1e6;
constexpr int kMaxFrames = 60'000;  // 10 minutes: bounds the work whatever the segments say

// Weights by logistic regression over 770 utterances (50 commands, 60 other sentences, 7 synthetic voices,
// through Opus as a device encodes it), scaled so that the mean margin counts once.
// kWorstWord: one word that does not fit betrays a sentence that begins like a command.
constexpr double kWorstWord = 0.8;
constexpr double kUnexplained = 15;  // speech that the grammar had to call silence

struct Frame {
  double phone_score = 0;
  bool phone = false;
  bool word = false;
};

int frame_count(std::span<const DecodedSegment> segments) {
  int count = 0;
  for (const DecodedSegment& segment : segments) count = std::max(count, segment.last_frame + 1);
  return std::min(count, kMaxFrames);
}

template <class Visit>
void for_each_frame(const DecodedSegment& segment, std::vector<Frame>& frames, Visit visit) {
  const int end = std::min(segment.last_frame + 1, static_cast<int>(frames.size()));
  for (int i = std::max(segment.first_frame, 0); i < end; ++i) visit(frames[static_cast<std::size_t>(i)]);
}

}  // namespace

double command_score(std::span<const DecodedSegment> words, std::span<const DecodedSegment> phones) {
  std::vector<Frame> frames(static_cast<std::size_t>(std::max(frame_count(words), frame_count(phones))));
  for (const DecodedSegment& phone : phones) {
    const double share = phone.score / (phone.last_frame - phone.first_frame + 1);
    for_each_frame(phone, frames, [&](Frame& frame) {
      frame.phone_score = share;
      frame.phone = phone.speech;
    });
  }

  double margin = 0;
  double worst = 0;
  int spoken = 0;
  for (const DecodedSegment& word : words) {
    if (!word.speech) continue;
    double against = 0;
    int length = 0;
    for_each_frame(word, frames, [&](Frame& frame) {
      against += frame.phone_score;
      frame.word = true;
      ++length;
    });
    if (length == 0) continue;
    margin += word.score - against;
    worst = std::min(worst, (word.score - against) / length);
    spoken += length;
  }
  if (spoken == 0) return kNothing;

  const auto unexplained = std::count_if(frames.begin(), frames.end(),
                                         [](const Frame& frame) { return frame.phone && !frame.word; });
  return margin / spoken + kWorstWord * worst - kUnexplained * static_cast<double>(unexplained) / spoken;
}

}  // namespace earshot::worker
