// Whether a service's replies begin in the middle of a thought, learnt from its replies (see ThinkFilter). Pure.
//
// Runs on: one thread. One service has one, shared by all conversations.
#pragma once

namespace earshot::worker {

class ThoughtHabit {
 public:
  bool expects_thought() const { return patience_ > 0; }
  // `unopened`: as ReplyEvents::unopened_thought. What waited in vain a few times waits no more: an ordinary
  // model that wrote a lone end mark once is not slow for ever.
  void learn(bool unopened) {
    if (unopened) {
      patience_ = kPatience;
    } else if (patience_ > 0) {
      --patience_;
    }
  }

 private:
  static constexpr int kPatience = 2;  // replies in which no thought came
  int patience_ = 0;
};

}  // namespace earshot::worker
