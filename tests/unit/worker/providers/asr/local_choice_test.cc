// What both have read of real sound, as earshot-bench-speech has shown it.
#include "worker/providers/asr/local_choice.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

struct Case {
  const char* command;
  double confidence;
  const char* free_text;
};

constexpr double kQuietDb = 40;
constexpr double kLoudDb = 11;

std::string chosen(const Case& of, double over_noise_db = kQuietDb) {
  return choose({.text = of.command, .confidence = of.confidence}, of.free_text, over_noise_db).text;
}

TEST(LocalChoice, ACommandStandsThoughTheModelMishearsIt) {
  for (const Case& of :
       {Case{"volume up", 26.4, "Wow, you know."}, Case{"volume to one hundred", 8, "Vol. 100."},
        Case{"set the volume to fifty percent", 3, "Set the volume to 50%."},
        Case{"set the brightness to thirty percent", 1.7, "Santa Libratus to Thirty Percent."},
        Case{"what day is today", -1, "What made to me?"},
        Case{"set the theme to dark", -11.2, "Santa, the theme to Nard."},
        Case{"good bye", -10.4, "God, bye!"}, Case{"make it quieter", -18, "Make it quiet her."},
        Case{"turn the volume down", -18.1, "Turn the volume down."}}) {
    EXPECT_EQ(chosen(of), of.command);
  }
}

TEST(LocalChoice, AFreeSentenceIsNotBentIntoACommand) {
  for (const Case& of :
       {Case{"what is the battery level", -15.3, "What is the capital of Australia?"},
        Case{"tell me the network status", -9.9, "Tell me something interesting about the moon."},
        Case{"please turn down the sound please", -13.4, "Please turn down the music, the baby is sleeping."},
        Case{"thank you very much", 8.9, "Thank you very much, that was really helpful."},
        Case{"battery level please", 4.7, "At that high level, the air is pure."},
        Case{"thanks a lot", -14, "A thin stripe runs down the middle."},
        Case{"bye bye", -1.6, "Five, five."}}) {
    EXPECT_EQ(chosen(of), of.free_text);
  }
}

TEST(LocalChoice, ATailThatChangesWhatIsAskedIsHeard) {
  for (const Case& of : {Case{"what time is it", -5, "What time is it in Paris?"},
                         Case{"what time is it", -2, "What time is it in New York?"},
                         Case{"what day is it", -8, "What day is it tomorrow?"}}) {
    EXPECT_EQ(chosen(of), of.free_text);
  }
  EXPECT_EQ(chosen({"what can you do", 3, "What can you do for me?"}), "what can you do");
}

TEST(LocalChoice, InNoiseTheGrammarIsTrustedMore) {
  for (const Case& of : {Case{"set the volume to fifty percent", -16.2, "Seth the Maloum Kapiti presents"},
                         Case{"set the volume to eighty", -13.2, "Sentimental utility."},
                         Case{"set the volume to forty", -15.6, "Set the rally into 40."},
                         Case{"what is the date", -18.6, "What is my name?"}}) {
    EXPECT_EQ(chosen(of, kLoudDb), of.command);
    EXPECT_EQ(chosen(of), of.free_text) << "in a quiet room it may have been said";
  }
  for (const Case& of : {Case{"hi", 7.1, "Come and leave the river, let them go, the end of the year."},
                         Case{"wifi status", -17.8, "My builder wants to learn the piano this summer."},
                         Case{"turn on the light mode", -15,
                              "Switch off the lamp in the bedroom and block the front door."}}) {
    EXPECT_EQ(chosen(of, kLoudDb), of.free_text);
  }
}

TEST(LocalChoice, NoiseThatFitsACommandIsNone) {
  EXPECT_EQ(chosen({"hey", -4.8, "Thank you for watching."}), "Thank you for watching.")
      << "which a conversation knows for what it is";
  EXPECT_EQ(chosen({"hey", -4.8, ""}), "");
}

TEST(LocalChoice, WhatTheGrammarRefusesIsTheModelsText) {
  const Transcript refused{.text = "", .understood = false, .confidence = -60};
  const Transcript chosen = choose(refused, "Why is the sky blue?", kQuietDb);
  EXPECT_EQ(chosen.text, "Why is the sky blue?");
  EXPECT_TRUE(chosen.understood);
  EXPECT_TRUE(choose(refused, "", kQuietDb).understood) << "nobody is told that he was not understood";
}

TEST(LocalChoice, ASureCommandNeedsNoModel) {
  EXPECT_TRUE(is_sure({.text = "stop talking", .confidence = kSureCommand}));
  EXPECT_FALSE(is_sure({.text = "stop talking", .confidence = kSureCommand - 0.1}));
  EXPECT_FALSE(is_sure({.text = "", .confidence = kSureCommand}));
  EXPECT_FALSE(is_sure({.text = "x", .understood = false, .confidence = kSureCommand}));
}

TEST(LocalChoice, LikenessLooksAtLettersAndNotAtNumbers) {
  EXPECT_EQ(likeness("set the volume to fifty percent", "Set the volume to 50%."), 1);
  EXPECT_EQ(likeness("set the volume to fifty percent", "set the volume to fifty per cent"), 1);
  EXPECT_EQ(likeness("what's up", "Whats up?"), 1);
  EXPECT_EQ(likeness("stop", ""), 0);
  EXPECT_EQ(likeness("fifty", "50"), 0) << "nothing is left of them";
  EXPECT_EQ(likeness("stop", std::string(100'000, 'a')), 0) << "at no cost";
  EXPECT_NEAR(likeness("mute the sound", "Newt the sound."), 0.67, 0.02);
}

}  // namespace
}  // namespace earshot::worker
