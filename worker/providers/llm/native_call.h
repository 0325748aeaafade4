// Tool calls in the tokens of a model's own template, which a server should have turned into calls and did not:
// Kimi K2, DeepSeek V3 to V3.2, Mistral with [ARGS], gpt-oss (harmony), FunctionGemma. The forms are those of the chat
// templates that the makers ship with the models. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

struct NativeCall {
  std::string name;
  std::string arguments;  // as written: JSON, most of the time
};

// `block`: what stood between the marks of TextCalls, hostile. At most `most` calls.
// RETURNS: empty when it is in none of these forms.
std::vector<NativeCall> native_calls(std::string_view block, std::size_t most);

// DeepSeek V3.2 puts this in front of the names of its elements, which are otherwise those of others.
std::string without_dsml(std::string_view block);

}  // namespace earshot::worker
