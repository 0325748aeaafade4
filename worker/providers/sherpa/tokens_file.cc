#include "worker/providers/sherpa/tokens_file.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string_view>

namespace earshot::worker::sherpa {

namespace {

// The longest symbol known is base64 of a few words. A file that is one endless line must not fill the memory.
constexpr std::size_t kMaxLineBytes = 4096;

bool is_number(std::string_view word) {
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
  return failure == std::errc() && end == word.data() + word.size();
}

// Words as the library splits them: at the white space of the "C" locale.
bool is_token_line(const std::string& line) {
  std::istringstream words(line);
  std::string first;
  std::string second;
  std::string third;
  words >> first >> second;
  if (words >> third) return false;
  return second.empty() ? first.empty() || is_number(first) : is_number(second);
}

}  // namespace

Status check_tokens_file(const std::string& path) {
  std::ifstream file(path);
  std::array<char, kMaxLineBytes> buffer{};
  bool empty = true;
  for (std::size_t number = 1; file.peek() != std::ifstream::traits_type::eof(); ++number) {
    file.getline(buffer.data(), buffer.size());
    const std::string line(buffer.data());
    if ((file.fail() && !file.eof()) || !is_token_line(line)) {
      return Error{ErrorCode::kInvalid,
                   "is no table of tokens: line " + std::to_string(number) + " is not a symbol and a number"};
    }
    empty = empty && line.find_first_not_of(" \t\r") == std::string::npos;
  }
  if (empty) return Error{ErrorCode::kInvalid, "holds no tokens"};
  return kDone;
}

}  // namespace earshot::worker::sherpa
