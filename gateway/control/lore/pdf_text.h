// The text of a PDF, by poppler's pdftotext where it is installed.
//
// A reader of PDFs is much code that reads hostile bytes, so it runs as a process of its own: without our files and
// environment, with bounds on its memory, its time and what it writes, and killed with us.
//
// Runs on: the executor's thread, which must be the process's main thread: PR_SET_PDEATHSIG follows the thread that
// forked. Kept alive by its pending operations until the process has ended.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::gateway {

struct PdfTextLimits {
  std::size_t text_bytes = 10 << 20;
  Milliseconds patience{30'000};
};

// Where Debian and builders of their own put it; empty: it is not installed.
std::string find_pdftotext();

// `done` once, on `executor`.
// Errors: kUnavailable (`program` is empty or does not start), kInvalid (it cannot read the file), kTooLarge (more text
// than it may give), kTimeout.
void read_pdf_text(Executor executor, const std::string& program, const std::string& pdf,
                   PdfTextLimits limits, std::function<void(Result<std::string>)> done);

}  // namespace earshot::gateway
