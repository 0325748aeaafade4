// The web console's files at `/` and `/console/...`, from memory; `/talk` leads to its page.
//
// A path is looked up in a table of what the build put into the binary; no file is ever opened, so there is
// no path to climb out of. Every answer forbids whatever the console does not use itself: scripts, styles and
// connections come from this gateway alone, nothing inline runs, and no script may turn text into markup
// (Trusted Types), so that the name of a device cannot become code.
//
// Runs on: the HTTP server's executor.
// Borrows: the router, for its life.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/http/http_router.h"

namespace earshot::gateway {

class ConsoleDoor {
 public:
  ConsoleDoor();
  void mount(http::Router& router);

  // 200 for a file, with an ETag: the server answers If-None-Match.
  // Else 404: JSON below /api/, a small page elsewhere.
  http::Response answer(const http::Request& request) const;

 private:
  struct File {
    std::string_view content;
    std::string_view type;
    std::string etag;
  };
  std::map<std::string, File, std::less<>> files_;  // by URL path
};

}  // namespace earshot::gateway
