// What comes in front of `listen start`: sound of a wake word, and `listen detect` with its text. Pure.
//
// A text behind such sound is a wake word, known or not; without sound somebody has typed it (device-protocol 6.3).
#pragma once

#include <string>
#include <utility>

namespace earshot::worker {

class WakeCall {
 public:
  void heard_audio() { audio_before_ = true; }  // while nobody listens
  void forget_audio() { audio_before_ = false; }
  bool audio_before() const { return audio_before_; }

  void keep_word(std::string word) { word_ = std::move(word); }  // to be greeted at `listen start`
  std::string take_word() { return std::exchange(word_, {}); }   // empty: nobody is to be greeted

 private:
  bool audio_before_ = false;
  std::string word_;
};

}  // namespace earshot::worker
