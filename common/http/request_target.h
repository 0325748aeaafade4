// The target of a request line (RFC 9112 3.2), split. Pure.
//
// A server must take the absolute form too, `GET http://host/path`: clients that are set to use a proxy send
// it. Nothing is decoded here (url_coding.h); a target that is neither form is handed on as a path, which the
// router refuses.
#pragma once

#include <string_view>

namespace earshot::http {

// Views of the target, which must outlive them.
struct RequestTarget {
  std::string_view path;       // with its leading '/'
  std::string_view query;      // behind '?'
  std::string_view authority;  // host[:port] of an absolute target; it counts, not the Host header (3.2.2)
};
RequestTarget split_target(std::string_view target);

}  // namespace earshot::http
