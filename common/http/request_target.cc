#include "common/http/request_target.h"

#include <algorithm>

namespace earshot::http {

namespace {

// The length of `http://` or `https://` in any case; 0: another text.
std::size_t scheme_length(std::string_view target) {
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    const bool same = target.size() >= scheme.size() &&
                      std::equal(scheme.begin(), scheme.end(), target.begin(), [](char a, char b) {
                        return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
                      });
    if (same) return scheme.size();
  }
  return 0;
}

}  // namespace

RequestTarget split_target(std::string_view target) {
  RequestTarget split;
  if (const std::size_t scheme = scheme_length(target); scheme != 0) {
    const std::string_view rest = target.substr(scheme);
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    if (end != 0) {  // without a host it is no absolute form
      split.authority = rest.substr(0, end);
      target = rest.substr(end);
      if (target.empty() || target.front() == '?') split.path = "/";
    }
  }
  const std::size_t question = target.find('?');
  if (split.path.empty()) split.path = target.substr(0, question);
  if (question != std::string_view::npos) split.query = target.substr(question + 1);
  return split;
}

}  // namespace earshot::http
