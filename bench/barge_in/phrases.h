// What is said in bench/barge_in.
#pragma once

#include <array>

namespace earshot::bench {

inline constexpr std::array kReplies = {
    "The weather in Berlin is mostly cloudy today, with a high of twelve degrees and a light wind from the "
    "west.",
    "I have turned on the light in the kitchen and set the brightness to fifty percent.",
    "Once upon a time there was a small robot that lived at the edge of a very large forest.",
    "It is a quarter past seven in the evening.",
    "Whales are mammals: they breathe air, they are warm blooded, and they feed their young with milk.",
    "Sure! First boil the water, then add the salt, and after ten minutes take the pasta out and let it "
    "drain.",
    "No problem. What else can I do for you?",
    "The capital of Australia is Canberra, not Sydney, although many people think so.",
    "Your alarm is set for six thirty tomorrow morning, and I will remind you about the dentist at noon.",
    "Honestly, I do not know. Shall I look it up?",
    "Light travels at about three hundred thousand kilometres per second, so it needs eight minutes from the "
    "sun.",
    "Stop! Just kidding. That was a joke about a traffic light that went to school.",
};
inline constexpr std::array kInterruptions = {"Stop it please",     "No, wait a moment",
                                              "What time is it",    "Okay that is enough",
                                              "Turn off the light", "Actually, I meant Paris"};

}  // namespace earshot::bench
