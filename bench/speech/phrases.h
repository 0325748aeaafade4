// What is said to the recognisers: free sentences that no grammar knows, and commands of the embedded brain.
#pragma once

#include <array>

namespace earshot::bench {

inline constexpr auto kFreeSentences = std::to_array<const char*>({
    "What should I cook for dinner if I only have eggs and rice?",
    "I would like to hear a story about a brave little robot.",
    "Could you remind me to call my grandmother tomorrow afternoon?",
    "The weather was terrible yesterday, so we stayed at home.",
    "How long does it take to fly from London to Singapore?",
    "My daughter wants to learn the piano this summer.",
    "Please turn down the music, the baby is sleeping.",
    "Tell me something interesting about the moon.",
    "I left my keys on the kitchen table this morning.",
    "Why is the sky blue and the sunset red?",
    "We need milk, bread, butter and two bottles of water.",
    "What is the capital of Australia?",
    "I am feeling a little sad today, can we talk?",
    "The train leaves at half past seven in the morning.",
    "Do you know who wrote the book about the white whale?",
    "Translate good morning into Spanish for me.",
    "My favorite color is green because it reminds me of the forest.",
    "Set an alarm for six thirty and wake me with soft music.",
    "How many days are left until the end of the year?",
    "The doctor told him to drink more water and sleep longer.",
    "I think artificial intelligence will change how children learn.",
    "Can you explain how a refrigerator keeps food cold?",
    "She bought three tickets for the concert on Saturday night.",
    "Is it safe to eat mushrooms that grow in the garden?",
    "Play the song that we listened to last weekend.",
    "What happened in the news while I was away?",
    "He forgot his umbrella and came home completely wet.",
    "Switch off the lamp in the bedroom and lock the front door.",
    "Give me three ideas for a birthday present for my brother.",
    "Thank you very much, that was really helpful.",
});

inline constexpr auto kCommands = std::to_array<const char*>({
    "set the volume to ten percent",
    "set the volume to forty",
    "set the volume to fifty percent",
    "set the volume to eighty",
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
    "what time is it",
    "tell me the time",
    "what is the date",
    "what day is today",
    "good morning",
    "thank you",
    "what can you do",
    "stop talking",
    "never mind",
    "good bye",
});

}  // namespace earshot::bench
