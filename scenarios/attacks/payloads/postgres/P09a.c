/* Payload of attack P09a: a loadable module whose one function returns the constant 4242. It does nothing
 * else.
 *
 * Built for each PostgreSQL major without its headers: below is the part of the documented interface
 * ("C-Language Functions", version-1 calling conventions) that the server compares when it loads a module. A
 * module that differs is refused, so a wrong number here shows at once as a refusal of the server, never as a
 * blocked attack.
 */
typedef unsigned long Datum;

typedef struct {
  int len;
  int version;      /* major * 100 */
  int funcmaxargs;  /* FUNC_MAX_ARGS */
  int indexmaxkeys; /* INDEX_MAX_KEYS */
  int namedatalen;  /* NAMEDATALEN */
  int float8byval;  /* FLOAT8PASSBYVAL */
#if PG_MAJOR >= 15
  char abi_extra[32]; /* FMGR_ABI_EXTRA */
#endif
} Magic;

typedef struct {
  int api_version;
} Info;

#define PUBLIC __attribute__((visibility("default"))) extern

PUBLIC const Magic* Pg_magic_func(void);
PUBLIC const Info* pg_finfo_rootseal_p09a(void);
PUBLIC Datum rootseal_p09a(void* call);

const Magic* Pg_magic_func(void) {
  static const Magic magic = {
    sizeof(Magic),
    PG_MAJOR * 100,
    100,
    32,
    64,
    1,
#if PG_MAJOR >= 15
    "PostgreSQL"
#endif
  };
  return &magic;
}

const Info* pg_finfo_rootseal_p09a(void) {
  static const Info info = {1};
  return &info;
}

Datum rootseal_p09a(void* call) {
  (void)call;
  return 4242;
}
