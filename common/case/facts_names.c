/*
 * The words of the enums, and what people write for them (reference domain.md 3.6, 8.1).
 */
#include "common/case/facts.h"

#include <stddef.h>
#include <string.h>

#define WORD_BYTES 40u /* longer than any word here */

static const char *const employment_names[EMPLOYMENT_COUNT] = {
    [EMPLOYMENT_UNSPECIFIED] = "",
    [EMPLOYMENT_PNS] = "PNS",
    [EMPLOYMENT_CPNS] = "CPNS",
    [EMPLOYMENT_PPPK] = "PPPK",
    [EMPLOYMENT_PPPK_PARUH_WAKTU] = "PPPK_PARUH_WAKTU",
    [EMPLOYMENT_HONORER] = "HONORER",
    [EMPLOYMENT_KADES] = "KADES",
    [EMPLOYMENT_PERANGKAT_DESA] = "PERANGKAT_DESA",
    [EMPLOYMENT_BPD] = "BPD",
    [EMPLOYMENT_TNI] = "TNI",
    [EMPLOYMENT_POLRI] = "POLRI",
    [EMPLOYMENT_KEPALA_DAERAH] = "KEPALA_DAERAH",
    [EMPLOYMENT_PJ_KEPALA_DAERAH] = "PJ_KEPALA_DAERAH",
    [EMPLOYMENT_DPRD] = "DPRD",
    [EMPLOYMENT_BUMN_BUMD] = "BUMN_BUMD",
    [EMPLOYMENT_PENYELENGGARA] = "PENYELENGGARA",
    [EMPLOYMENT_LAIN] = "LAIN",
};

struct synonym {
    const char *word; /* lower case, letters and digits only */
    enum employment employment;
};

/* The names above are found without standing here. "ppk" is the election's committee of a
 * kecamatan: the other PPK, an appointing officer, is no employment (domain.md 3.6). */
static const struct synonym synonyms[] = {
    {"pegawainegerisipil", EMPLOYMENT_PNS},
    {"pegawainegeri", EMPLOYMENT_PNS},
    {"calonpns", EMPLOYMENT_CPNS},
    {"calonpegawainegerisipil", EMPLOYMENT_CPNS},
    {"p3k", EMPLOYMENT_PPPK},
    {"pppkpenuhwaktu", EMPLOYMENT_PPPK},
    {"pegawaipemerintahdenganperjanjiankerja", EMPLOYMENT_PPPK},
    {"p3kparuhwaktu", EMPLOYMENT_PPPK_PARUH_WAKTU},
    {"pppkpw", EMPLOYMENT_PPPK_PARUH_WAKTU},
    {"honor", EMPLOYMENT_HONORER},
    {"pegawaihonorer", EMPLOYMENT_HONORER},
    {"tenagahonorer", EMPLOYMENT_HONORER},
    {"nonasn", EMPLOYMENT_HONORER},
    {"pegawainonasn", EMPLOYMENT_HONORER},
    {"ppnpn", EMPLOYMENT_HONORER},
    {"thl", EMPLOYMENT_HONORER},
    {"tks", EMPLOYMENT_HONORER},
    {"tenagakerjasukarela", EMPLOYMENT_HONORER},
    {"tenagakontrak", EMPLOYMENT_HONORER},
    {"kepaladesa", EMPLOYMENT_KADES},
    {"pjkepaladesa", EMPLOYMENT_KADES},
    {"pjkades", EMPLOYMENT_KADES},
    {"perades", EMPLOYMENT_PERANGKAT_DESA},
    {"aparatdesa", EMPLOYMENT_PERANGKAT_DESA},
    {"aparaturdesa", EMPLOYMENT_PERANGKAT_DESA},
    {"stafdesa", EMPLOYMENT_PERANGKAT_DESA},
    {"sekdes", EMPLOYMENT_PERANGKAT_DESA},
    {"sekretarisdesa", EMPLOYMENT_PERANGKAT_DESA},
    {"kaurdesa", EMPLOYMENT_PERANGKAT_DESA},
    {"kadus", EMPLOYMENT_PERANGKAT_DESA},
    {"kepaladusun", EMPLOYMENT_PERANGKAT_DESA},
    {"badanpermusyawaratandesa", EMPLOYMENT_BPD},
    {"anggotabpd", EMPLOYMENT_BPD},
    {"ketuabpd", EMPLOYMENT_BPD},
    {"tentara", EMPLOYMENT_TNI},
    {"tentaranasionalindonesia", EMPLOYMENT_TNI},
    {"anggotatni", EMPLOYMENT_TNI},
    {"prajurittni", EMPLOYMENT_TNI},
    {"tniad", EMPLOYMENT_TNI},
    {"tnial", EMPLOYMENT_TNI},
    {"tniau", EMPLOYMENT_TNI},
    {"babinsa", EMPLOYMENT_TNI},
    {"polisi", EMPLOYMENT_POLRI},
    {"kepolisian", EMPLOYMENT_POLRI},
    {"anggotapolri", EMPLOYMENT_POLRI},
    {"kepolisiannegararepublikindonesia", EMPLOYMENT_POLRI},
    {"bhabinkamtibmas", EMPLOYMENT_POLRI},
    {"wakilkepaladaerah", EMPLOYMENT_KEPALA_DAERAH},
    {"gubernur", EMPLOYMENT_KEPALA_DAERAH},
    {"wakilgubernur", EMPLOYMENT_KEPALA_DAERAH},
    {"bupati", EMPLOYMENT_KEPALA_DAERAH},
    {"wakilbupati", EMPLOYMENT_KEPALA_DAERAH},
    {"walikota", EMPLOYMENT_KEPALA_DAERAH},
    {"wakilwalikota", EMPLOYMENT_KEPALA_DAERAH},
    {"penjabatkepaladaerah", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"pjskepaladaerah", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"pjgubernur", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"penjabatgubernur", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"pjsgubernur", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"pjbupati", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"penjabatbupati", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"pjsbupati", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"pjwalikota", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"penjabatwalikota", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"pjswalikota", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"anggotadprd", EMPLOYMENT_DPRD},
    {"anggotadewan", EMPLOYMENT_DPRD},
    {"dewanperwakilanrakyatdaerah", EMPLOYMENT_DPRD},
    {"bumn", EMPLOYMENT_BUMN_BUMD},
    {"bumd", EMPLOYMENT_BUMN_BUMD},
    {"pegawaibumn", EMPLOYMENT_BUMN_BUMD},
    {"pegawaibumd", EMPLOYMENT_BUMN_BUMD},
    {"penyelenggarapemilu", EMPLOYMENT_PENYELENGGARA},
    {"penyelenggarapemilihan", EMPLOYMENT_PENYELENGGARA},
    {"kpps", EMPLOYMENT_PENYELENGGARA},
    {"pps", EMPLOYMENT_PENYELENGGARA},
    {"ppk", EMPLOYMENT_PENYELENGGARA},
    {"ppkkecamatan", EMPLOYMENT_PENYELENGGARA},
    {"panitiapemilihankecamatan", EMPLOYMENT_PENYELENGGARA},
    {"pantarlih", EMPLOYMENT_PENYELENGGARA},
    {"panwas", EMPLOYMENT_PENYELENGGARA},
    {"panwascam", EMPLOYMENT_PENYELENGGARA},
    {"panwaslu", EMPLOYMENT_PENYELENGGARA},
    {"pengawastps", EMPLOYMENT_PENYELENGGARA},
    {"pkd", EMPLOYMENT_PENYELENGGARA},
    {"ptps", EMPLOYMENT_PENYELENGGARA},
    {"lainlain", EMPLOYMENT_LAIN},
    {"lainnya", EMPLOYMENT_LAIN},
    {"swasta", EMPLOYMENT_LAIN},
};

/* Writes the text's letters and digits in lower case. False: it is empty, too long, or has a sign
 * that no word has. */
static bool bare_word(const char *text, char word[WORD_BYTES])
{
    size_t size = 0;
    for (; *text != '\0'; text++) {
        char letter = *text;
        if (letter >= 'A' && letter <= 'Z')
            letter = (char)(letter - 'A' + 'a');
        bool is_kept = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
        if (!is_kept && strchr(" \t_-./", letter) == NULL)
            return false;
        if (is_kept && size + 1 == WORD_BYTES)
            return false;
        if (is_kept)
            word[size++] = letter;
    }
    word[size] = '\0';
    return size != 0;
}

const char *employment_name(enum employment employment)
{
    return employment_names[employment];
}

bool employment_from_text(const char *text, enum employment *ret_employment)
{
    char word[WORD_BYTES];
    if (!bare_word(text, word))
        return false;
    for (unsigned index = 1; index < EMPLOYMENT_COUNT; index++) {
        char name[WORD_BYTES];
        if (bare_word(employment_names[index], name) && strcmp(name, word) == 0) {
            *ret_employment = (enum employment)index;
            return true;
        }
    }
    for (size_t index = 0; index < sizeof(synonyms) / sizeof(synonyms[0]); index++) {
        if (strcmp(synonyms[index].word, word) == 0) {
            *ret_employment = synonyms[index].employment;
            return true;
        }
    }
    return false;
}

const char *answer_name(enum answer answer)
{
    switch (answer) {
    case ANSWER_UNSPECIFIED:
        return "";
    case ANSWER_YES:
        return "yes";
    case ANSWER_NO:
        return "no";
    case ANSWER_UNKNOWN:
        return "unknown";
    }
    return "";
}

bool answer_from_text(const char *text, enum answer *ret_answer)
{
    static const struct {
        const char *word;
        enum answer answer;
    } words[] = {
        {"yes", ANSWER_YES},
        {"ya", ANSWER_YES},
        {"no", ANSWER_NO},
        {"tidak", ANSWER_NO},
        {"bukan", ANSWER_NO},
        {"unknown", ANSWER_UNKNOWN},
        {"tidaktahu", ANSWER_UNKNOWN},
        {"tidakdiketahui", ANSWER_UNKNOWN},
    };
    char word[WORD_BYTES];
    if (!bare_word(text, word))
        return false;
    for (size_t index = 0; index < sizeof(words) / sizeof(words[0]); index++) {
        if (strcmp(words[index].word, word) == 0) {
            *ret_answer = words[index].answer;
            return true;
        }
    }
    return false;
}
