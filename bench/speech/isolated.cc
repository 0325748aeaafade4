#include "bench/speech/isolated.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <stdexcept>
#include <string>

namespace earshot::bench {

namespace {

constexpr const char* kFailure = "failure";

void write_all(int to, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = ::write(to, text.data() + at, text.size() - at);
    if (written <= 0) return;
    at += static_cast<std::size_t>(written);
  }
}

std::string read_all(int from) {
  std::string text;
  std::array<char, 65536> piece;
  while (true) {
    const ssize_t got = ::read(from, piece.data(), piece.size());
    if (got <= 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

json::object isolated(const std::function<json::object()>& measure) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) {
    ::close(ends[0]);
    json::object result;
    try {
      result = measure();
    } catch (const std::exception& failure) {
      result[kFailure] = failure.what();
    }
    write_all(ends[1], json::serialize(result));
    ::_exit(0);  // what the parent has registered for its end is the parent's
  }
  ::close(ends[1]);
  const std::string text = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto result = json::parse_object(text, text.size() + 1);
  if (!result) throw std::runtime_error("a measurement ended without a result");
  if (const auto* failure = result->if_contains(kFailure))
    throw std::runtime_error(json::serialize(*failure));
  return *result;
}

}  // namespace earshot::bench
