#include "worker/dialogue/character.h"

#include <string_view>

namespace earshot::worker {

namespace {

void add_block(std::string& text, std::string_view title, std::string_view block) {
  if (block.empty()) return;
  text += (text.empty() ? "" : "\n\n") + std::string(title) + '\n' + std::string(block);
}

std::string tags_text(const Character& character) {
  std::string tags;
  for (const auto& [tag, face] : character.emotions) tags += (tags.empty() ? "[" : ", [") + tag + ']';
  return tags;
}

}  // namespace

std::string character_text(const Character& character) {
  std::string text;
  add_block(text, "Who you are, {{char}}:", character.settings);
  add_block(text, "How you are:", character.personality);
  add_block(text, "Whom you talk to, {{user}}:", character.mask);
  add_block(text, "How you speak, for instance:", character.examples);
  if (!character.emotions.empty()) {
    add_block(text, "How you feel:",
              "Where it changes, put one of these in front of what you say, and no others: " +
                  tags_text(character) + '.');
  }
  if (text.empty()) return {};
  return "You play {{char}} in a conversation with {{user}}. Stay {{char}}, and say nothing that {{user}} "
         "would say.\n\n" +
         text;
}

}  // namespace earshot::worker
