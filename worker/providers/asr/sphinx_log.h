// PocketSphinx writes pages to stderr, user speech among them.
#pragma once

#include <sphinxbase/err.h>

namespace earshot::worker {

// For the whole process; before the library is used first.
inline void silence_sphinx_log() {
  err_set_logfp(nullptr);
}

}  // namespace earshot::worker
