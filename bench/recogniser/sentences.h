// What is said to the recogniser: every command of the embedded brain in its usual words, and those that the
// end-to-end tests speak.
#pragma once

#include <array>

namespace earshot::bench {

inline constexpr auto kSentences = std::to_array<const char*>({
    "set the volume to ten percent",
    "set the volume to twenty percent",
    "set the volume to forty",
    "set the volume to fifty percent",
    "set the volume to eighty",
    "set the volume to ninety percent",
    "turn the volume up",
    "turn the volume down",
    "volume up",
    "make it quieter",
    "mute the sound",
    "turn the sound on",
    "what is the volume",
    "set the brightness to thirty percent",
    "turn up the brightness",
    "make the screen darker",
    "what is the brightness",
    "set the theme to dark",
    "use the light theme",
    "how much battery is left",
    "what is the battery level",
    "what is the network status",
    "are you online",
    "what time is it",
    "tell me the time",
    "what is the date",
    "what day is today",
    "hello",
    "good morning",
    "thank you",
    "what can you do",
    "help me",
    "stop talking",
    "never mind",
    "good bye",
    "good night",
});

}  // namespace earshot::bench
