#include "bench/turn/turn_sets.h"

#include <array>
#include <string>

namespace earshot::bench {

namespace {

constexpr std::array kQuestions = {"what time is it", "how warm will it be tomorrow", "who wrote this song",
                                   "can you turn off the light", "where is the nearest station"};

struct Paused {
  const char* first;
  const char* second;
};
constexpr std::array kPaused = {
    Paused{"I would like to", "listen to some music"},
    Paused{"please remind me to call my mother and", "to water the flowers"},
    Paused{"the thing is that my", "brother has lost his key"},
    Paused{"I want to go to Paris", "tomorrow morning"},
    Paused{"turn on the light", "in the kitchen please"},
    Paused{"tell me a story", "about a small robot"},
};

}  // namespace

std::vector<SpokenScript> finished_sentences() {
  std::vector<SpokenScript> scripts;
  for (const char* text : kQuestions) scripts.push_back(make_script(text, std::string(text) + "?"));
  return scripts;
}

std::vector<SpokenScript> open_sentences() {
  std::vector<SpokenScript> scripts;
  for (const char* text : kQuestions) scripts.push_back(make_script(text, text));
  return scripts;
}

std::vector<SpokenScript> free_questions() {
  std::vector<SpokenScript> scripts;
  for (const char* text :
       {"what is the capital of Australia", "tell me something interesting about the moon",
        "how long does it take to fly from London to Singapore", "why is the sky blue and the sunset red",
        "what should I cook for dinner if I only have eggs and rice"}) {
    scripts.push_back(make_script(text, text));
  }
  return scripts;
}

std::vector<SpokenScript> sentences_with_pauses(const std::vector<Milliseconds>& pauses) {
  std::vector<SpokenScript> scripts;
  for (const Milliseconds pause : pauses) {
    for (const Paused& sentence : kPaused)
      scripts.push_back(make_script_with_pause(sentence.first, sentence.second, pause));
  }
  return scripts;
}

}  // namespace earshot::bench
