// A character that an agent plays: who it is, how it is, whom it talks to. Its blocks become the front of the agent's
// prompt. Pure.
//
// The blocks are those of character cards that people pass on, so that such a card needs no rewriting; {{char}} and
// {{user}} in them, and in the prompt, stand for the two names.
#pragma once

#include <map>
#include <string>

namespace earshot::worker {

struct Character {
  std::string name{};         // {{char}}; empty: the agent's own name
  std::string user{};         // {{user}}; empty: "the user"
  std::string settings{};     // who it is and where it lives
  std::string personality{};  // how it is
  std::string mask{};         // who the user is to it
  std::string examples{};     // how it speaks
  // What it may write in brackets in front of what it says ("[shy]"), and the face that the device shows with it: one of
  // its 21 names. The voice is told the word itself.
  std::map<std::string, std::string> emotions{};
  bool operator==(const Character&) const = default;
};

// The blocks that are not empty, each under a line that says what it is; empty: there are none. Placeholders stay.
std::string character_text(const Character& character);

}  // namespace earshot::worker
