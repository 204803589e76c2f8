(* Words of 63 bits, as Rocq's Uint63 and Sint63 describe them, on OCaml's int. Trusted. *)

let () = assert (Sys.int_size = 63)

let of_int (a : int) = a
let equal (a : int) (b : int) = a = b
let less (a : int) (b : int) = a < b
let at_most (a : int) (b : int) = a <= b
let less_unsigned (a : int) (b : int) = a lxor min_int < b lxor min_int
let at_most_unsigned (a : int) (b : int) = a lxor min_int <= b lxor min_int
let shift_left a n = if 0 <= n && n < 63 then a lsl n else 0
let shift_right a n = if 0 <= n && n < 63 then a lsr n else 0
