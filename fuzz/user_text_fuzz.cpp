// Bytes of any kind as a catalog, a list and a playlist: an Error, or whole rows and names without a line end.

#include "melvit/core/csv.h"
#include "melvit/core/error.h"
#include "melvit/core/unicode.h"
#include "melvit/core/user_text.h"
#include "melvit/dataset/file_finder.h"
#include "melvit/dataset/song_list.h"

#include "fuzz/fuzz_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
    try {
        const melvit::CsvTable table = melvit::read_csv(melvit::fuzz_file({bytes, count}), {"file"});
        for (const melvit::CsvRow& row : table.rows) {
            if (row.line == 0 || row.cells.empty()) std::abort();
        }
    } catch (const melvit::Error&) {
    }
    try {
        const std::string raw(reinterpret_cast<const char*>(bytes), count);
        const std::string text = melvit::decode_text(raw, "list");
        (void)melvit::problem_of_cue_sheet(text);
        melvit::FileFinder finder("/proc/self/fdinfo");
        for (const std::string& song : melvit::songs_of_list(text)) {
            (void)finder.find(song);
            if (!melvit::is_utf8(melvit::folded_name(song)) && melvit::is_utf8(song)) std::abort();
        }
    } catch (const melvit::Error&) {
    }
    return 0;
}
