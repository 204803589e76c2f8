(* Extracted from the proofs beside it by `make verified`; not to be edited. *)


(** val xorb : bool -> bool -> bool **)

let xorb b1 b2 =
  if b1 then if b2 then false else true else b2

(** val negb : bool -> bool **)

let negb = function
| true -> false
| false -> true

type nat =
| O
| S of nat

(** val option_map : ('a1 -> 'a2) -> 'a1 option -> 'a2 option **)

let option_map f0 = function
| Some a -> Some (f0 a)
| None -> None

(** val fst : ('a1 * 'a2) -> 'a1 **)

let fst = function
| (x, _) -> x

(** val snd : ('a1 * 'a2) -> 'a2 **)

let snd = function
| (_, y) -> y

(** val length : 'a1 list -> nat **)

let rec length = function
| [] -> O
| _ :: l' -> S (length l')

type comparison =
| Eq
| Lt
| Gt

(** val compOpp : comparison -> comparison **)

let compOpp = function
| Eq -> Eq
| Lt -> Gt
| Gt -> Lt

(** val add : nat -> nat -> nat **)

let rec add n m =
  match n with
  | O -> m
  | S p -> S (add p m)

(** val mul : nat -> nat -> nat **)

let rec mul n m =
  match n with
  | O -> O
  | S p -> add m (mul p m)

(** val sub : nat -> nat -> nat **)

let rec sub n m =
  match n with
  | O -> n
  | S k -> (match m with
            | O -> n
            | S l -> sub k l)

type positive =
| XI of positive
| XO of positive
| XH

type z =
| Z0
| Zpos of positive
| Zneg of positive

(** val eqb : bool -> bool -> bool **)

let eqb b1 b2 =
  if b1 then b2 else if b2 then false else true

module Nat =
 struct
  (** val eqb : nat -> nat -> bool **)

  let rec eqb n m =
    match n with
    | O -> (match m with
            | O -> true
            | S _ -> false)
    | S n' -> (match m with
               | O -> false
               | S m' -> eqb n' m')

  (** val leb : nat -> nat -> bool **)

  let rec leb n m =
    match n with
    | O -> true
    | S n' -> (match m with
               | O -> false
               | S m' -> leb n' m')

  (** val ltb : nat -> nat -> bool **)

  let ltb n m =
    leb (S n) m
 end

module Pos =
 struct
  (** val succ : positive -> positive **)

  let rec succ = function
  | XI p -> XO (succ p)
  | XO p -> XI p
  | XH -> XO XH

  (** val add : positive -> positive -> positive **)

  let rec add x y =
    match x with
    | XI p ->
      (match y with
       | XI q -> XO (add_carry p q)
       | XO q -> XI (add p q)
       | XH -> XO (succ p))
    | XO p ->
      (match y with
       | XI q -> XI (add p q)
       | XO q -> XO (add p q)
       | XH -> XI p)
    | XH -> (match y with
             | XI q -> XO (succ q)
             | XO q -> XI q
             | XH -> XO XH)

  (** val add_carry : positive -> positive -> positive **)

  and add_carry x y =
    match x with
    | XI p ->
      (match y with
       | XI q -> XI (add_carry p q)
       | XO q -> XO (add_carry p q)
       | XH -> XI (succ p))
    | XO p ->
      (match y with
       | XI q -> XO (add_carry p q)
       | XO q -> XI (add p q)
       | XH -> XO (succ p))
    | XH ->
      (match y with
       | XI q -> XI (succ q)
       | XO q -> XO (succ q)
       | XH -> XI XH)

  (** val pred_double : positive -> positive **)

  let rec pred_double = function
  | XI p -> XI (XO p)
  | XO p -> XI (pred_double p)
  | XH -> XH

  (** val mul : positive -> positive -> positive **)

  let rec mul x y =
    match x with
    | XI p -> add y (XO (mul p y))
    | XO p -> XO (mul p y)
    | XH -> y

  (** val iter : ('a1 -> 'a1) -> 'a1 -> positive -> 'a1 **)

  let rec iter f0 x = function
  | XI n' -> f0 (iter f0 (iter f0 x n') n')
  | XO n' -> iter f0 (iter f0 x n') n'
  | XH -> f0 x

  (** val div2 : positive -> positive **)

  let div2 = function
  | XI p0 -> p0
  | XO p0 -> p0
  | XH -> XH

  (** val div2_up : positive -> positive **)

  let div2_up = function
  | XI p0 -> succ p0
  | XO p0 -> p0
  | XH -> XH

  (** val compare_cont : comparison -> positive -> positive -> comparison **)

  let rec compare_cont r x y =
    match x with
    | XI p ->
      (match y with
       | XI q -> compare_cont r p q
       | XO q -> compare_cont Gt p q
       | XH -> Gt)
    | XO p ->
      (match y with
       | XI q -> compare_cont Lt p q
       | XO q -> compare_cont r p q
       | XH -> Gt)
    | XH -> (match y with
             | XH -> r
             | _ -> Lt)

  (** val compare : positive -> positive -> comparison **)

  let compare =
    compare_cont Eq

  (** val eqb : positive -> positive -> bool **)

  let rec eqb p q =
    match p with
    | XI p0 -> (match q with
                | XI q0 -> eqb p0 q0
                | _ -> false)
    | XO p0 -> (match q with
                | XO q0 -> eqb p0 q0
                | _ -> false)
    | XH -> (match q with
             | XH -> true
             | _ -> false)

  (** val of_succ_nat : nat -> positive **)

  let rec of_succ_nat = function
  | O -> XH
  | S x -> succ (of_succ_nat x)
 end

module Z =
 struct
  (** val double : z -> z **)

  let double = function
  | Z0 -> Z0
  | Zpos p -> Zpos (XO p)
  | Zneg p -> Zneg (XO p)

  (** val succ_double : z -> z **)

  let succ_double = function
  | Z0 -> Zpos XH
  | Zpos p -> Zpos (XI p)
  | Zneg p -> Zneg (Pos.pred_double p)

  (** val pred_double : z -> z **)

  let pred_double = function
  | Z0 -> Zneg XH
  | Zpos p -> Zpos (Pos.pred_double p)
  | Zneg p -> Zneg (XI p)

  (** val pos_sub : positive -> positive -> z **)

  let rec pos_sub x y =
    match x with
    | XI p ->
      (match y with
       | XI q -> double (pos_sub p q)
       | XO q -> succ_double (pos_sub p q)
       | XH -> Zpos (XO p))
    | XO p ->
      (match y with
       | XI q -> pred_double (pos_sub p q)
       | XO q -> double (pos_sub p q)
       | XH -> Zpos (Pos.pred_double p))
    | XH ->
      (match y with
       | XI q -> Zneg (XO q)
       | XO q -> Zneg (Pos.pred_double q)
       | XH -> Z0)

  (** val add : z -> z -> z **)

  let add x y =
    match x with
    | Z0 -> y
    | Zpos x' ->
      (match y with
       | Z0 -> x
       | Zpos y' -> Zpos (Pos.add x' y')
       | Zneg y' -> pos_sub x' y')
    | Zneg x' ->
      (match y with
       | Z0 -> x
       | Zpos y' -> pos_sub y' x'
       | Zneg y' -> Zneg (Pos.add x' y'))

  (** val opp : z -> z **)

  let opp = function
  | Z0 -> Z0
  | Zpos x0 -> Zneg x0
  | Zneg x0 -> Zpos x0

  (** val sub : z -> z -> z **)

  let sub m n =
    add m (opp n)

  (** val mul : z -> z -> z **)

  let mul x y =
    match x with
    | Z0 -> Z0
    | Zpos x' ->
      (match y with
       | Z0 -> Z0
       | Zpos y' -> Zpos (Pos.mul x' y')
       | Zneg y' -> Zneg (Pos.mul x' y'))
    | Zneg x' ->
      (match y with
       | Z0 -> Z0
       | Zpos y' -> Zneg (Pos.mul x' y')
       | Zneg y' -> Zpos (Pos.mul x' y'))

  (** val pow_pos : z -> positive -> z **)

  let pow_pos z0 =
    Pos.iter (mul z0) (Zpos XH)

  (** val pow : z -> z -> z **)

  let pow x = function
  | Z0 -> Zpos XH
  | Zpos p -> pow_pos x p
  | Zneg _ -> Z0

  (** val compare : z -> z -> comparison **)

  let compare x y =
    match x with
    | Z0 -> (match y with
             | Z0 -> Eq
             | Zpos _ -> Lt
             | Zneg _ -> Gt)
    | Zpos x' -> (match y with
                  | Zpos y' -> Pos.compare x' y'
                  | _ -> Gt)
    | Zneg x' ->
      (match y with
       | Zneg y' -> compOpp (Pos.compare x' y')
       | _ -> Lt)

  (** val leb : z -> z -> bool **)

  let leb x y =
    match compare x y with
    | Gt -> false
    | _ -> true

  (** val ltb : z -> z -> bool **)

  let ltb x y =
    match compare x y with
    | Lt -> true
    | _ -> false

  (** val eqb : z -> z -> bool **)

  let eqb x y =
    match x with
    | Z0 -> (match y with
             | Z0 -> true
             | _ -> false)
    | Zpos p -> (match y with
                 | Zpos q -> Pos.eqb p q
                 | _ -> false)
    | Zneg p -> (match y with
                 | Zneg q -> Pos.eqb p q
                 | _ -> false)

  (** val abs : z -> z **)

  let abs = function
  | Zneg p -> Zpos p
  | x -> x

  (** val of_nat : nat -> z **)

  let of_nat = function
  | O -> Z0
  | S n0 -> Zpos (Pos.of_succ_nat n0)

  (** val div2 : z -> z **)

  let div2 = function
  | Z0 -> Z0
  | Zpos p -> (match p with
               | XH -> Z0
               | _ -> Zpos (Pos.div2 p))
  | Zneg p -> Zneg (Pos.div2_up p)

  (** val shiftl : z -> z -> z **)

  let shiftl a = function
  | Z0 -> a
  | Zpos p -> Pos.iter (mul (Zpos (XO XH))) a p
  | Zneg p -> Pos.iter div2 a p
 end

(** val nth : nat -> 'a1 list -> 'a1 -> 'a1 **)

let rec nth n l default =
  match n with
  | O -> (match l with
          | [] -> default
          | x :: _ -> x)
  | S m -> (match l with
            | [] -> default
            | _ :: t0 -> nth m t0 default)

(** val nth_error : 'a1 list -> nat -> 'a1 option **)

let rec nth_error l = function
| O -> (match l with
        | [] -> None
        | x :: _ -> Some x)
| S n0 -> (match l with
           | [] -> None
           | _ :: l0 -> nth_error l0 n0)

(** val rev_append : 'a1 list -> 'a1 list -> 'a1 list **)

let rec rev_append l l' =
  match l with
  | [] -> l'
  | a :: l0 -> rev_append l0 (a :: l')

(** val map : ('a1 -> 'a2) -> 'a1 list -> 'a2 list **)

let rec map f0 = function
| [] -> []
| a :: t0 -> (f0 a) :: (map f0 t0)

(** val fold_left : ('a1 -> 'a2 -> 'a1) -> 'a2 list -> 'a1 -> 'a1 **)

let rec fold_left f0 l a0 =
  match l with
  | [] -> a0
  | b :: t0 -> fold_left f0 t0 (f0 a0 b)

(** val forallb : ('a1 -> bool) -> 'a1 list -> bool **)

let rec forallb f0 = function
| [] -> true
| a :: l0 -> (&&) (f0 a) (forallb f0 l0)

(** val firstn : nat -> 'a1 list -> 'a1 list **)

let rec firstn n l =
  match n with
  | O -> []
  | S n0 -> (match l with
             | [] -> []
             | a :: l0 -> a :: (firstn n0 l0))

(** val skipn : nat -> 'a1 list -> 'a1 list **)

let rec skipn n l =
  match n with
  | O -> l
  | S n0 -> (match l with
             | [] -> []
             | _ :: l0 -> skipn n0 l0)

(** val seq : nat -> nat -> nat list **)

let rec seq start0 = function
| O -> []
| S len0 -> start0 :: (seq (S start0) len0)

(** val size : nat **)

let size =
  S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
    (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
    (S (S (S (S (S (S (S (S (S (S (S (S (S (S
    O))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))

(** val is_zero : int -> bool **)

let is_zero i =
  Uint63.equal i (Uint63.of_int (0))

(** val is_even : int -> bool **)

let is_even i =
  is_zero ((land) i (Uint63.of_int (1)))

(** val opp0 : int -> int **)

let opp0 i =
  (-) (Uint63.of_int (0)) i

(** val to_Z_rec : nat -> int -> z **)

let rec to_Z_rec n i =
  match n with
  | O -> Z0
  | S n0 ->
    if is_even i
    then Z.double (to_Z_rec n0 (Uint63.shift_right i (Uint63.of_int (1))))
    else Z.succ_double
           (to_Z_rec n0 (Uint63.shift_right i (Uint63.of_int (1))))

(** val to_Z : int -> z **)

let to_Z =
  to_Z_rec size

(** val of_pos_rec : nat -> positive -> int **)

let rec of_pos_rec n p =
  match n with
  | O -> (Uint63.of_int (0))
  | S n0 ->
    (match p with
     | XI p0 ->
       (lor) (Uint63.shift_left (of_pos_rec n0 p0) (Uint63.of_int (1)))
         (Uint63.of_int (1))
     | XO p0 -> Uint63.shift_left (of_pos_rec n0 p0) (Uint63.of_int (1))
     | XH -> (Uint63.of_int (1)))

(** val of_pos : positive -> int **)

let of_pos =
  of_pos_rec size

(** val of_Z : z -> int **)

let of_Z = function
| Z0 -> (Uint63.of_int (0))
| Zpos p -> of_pos p
| Zneg p -> opp0 (of_pos p)

(** val min_int : int **)

let min_int =
  (Uint63.of_int (-4611686018427387904))

(** val to_Z0 : int -> z **)

let to_Z0 i =
  if Uint63.less_unsigned i min_int then to_Z i else Z.opp (to_Z (opp0 i))

module PositiveMap =
 struct
  type key = positive

  type 'a tree =
  | Leaf
  | Node of 'a tree * 'a option * 'a tree

  type 'a t = 'a tree

  (** val empty : 'a1 t **)

  let empty =
    Leaf

  (** val find : key -> 'a1 t -> 'a1 option **)

  let rec find i = function
  | Leaf -> None
  | Node (l, o, r) ->
    (match i with
     | XI ii -> find ii r
     | XO ii -> find ii l
     | XH -> o)

  (** val add : key -> 'a1 -> 'a1 t -> 'a1 t **)

  let rec add i v = function
  | Leaf ->
    (match i with
     | XI ii -> Node (Leaf, None, (add ii v Leaf))
     | XO ii -> Node ((add ii v Leaf), None, Leaf)
     | XH -> Node (Leaf, (Some v), Leaf))
  | Node (l, o, r) ->
    (match i with
     | XI ii -> Node (l, o, (add ii v r))
     | XO ii -> Node ((add ii v l), o, r)
     | XH -> Node (l, (Some v), r))
 end

(** val half : z **)

let half =
  Z.pow (Zpos (XO XH)) (Zpos (XO (XI (XI (XI (XI XH))))))

(** val within : int -> int -> bool **)

let within m x =
  (&&)
    ((&&) (Uint63.at_most (Uint63.of_int (0)) m)
      (Uint63.at_most ((-) (Uint63.of_int (0)) m) x)) (Uint63.at_most x m)

(** val top : int **)

let top =
  (Uint63.of_int (2305843009213693952))

(** val shifts : int -> int -> bool **)

let shifts x s =
  (&&)
    ((&&) (Uint63.at_most (Uint63.of_int (0)) s)
      (Uint63.at_most s (Uint63.of_int (61))))
    (within (Uint63.shift_right top s) x)

type number = int * int

type row = { id : int; scale : number; numbers : number list }

(** val bits : nat -> int -> positive **)

let rec bits fuel x =
  match fuel with
  | O -> XH
  | S fuel' ->
    if Uint63.equal x (Uint63.of_int (0))
    then XH
    else let x0 = bits fuel' (Uint63.shift_right x (Uint63.of_int (1))) in
         if Uint63.equal ((land) x (Uint63.of_int (1))) (Uint63.of_int (0))
         then XO x0
         else XI x0

(** val key0 : int -> positive **)

let key0 x =
  bits (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
    (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
    (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
    O))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))) x

type 'a table = 'a PositiveMap.t

(** val find0 : int -> 'a1 table -> 'a1 option **)

let find0 i m =
  PositiveMap.find (key0 i) m

(** val put : int -> 'a1 -> 'a1 table -> 'a1 table **)

let put i x m =
  PositiveMap.add (key0 i) x m

(** val empty0 : 'a1 table **)

let empty0 =
  PositiveMap.empty

(** val list_at : int -> int list table -> int list **)

let list_at i m =
  match find0 i m with
  | Some l -> l
  | None -> []

(** val add_pair : int list table -> (int * int) -> int list table **)

let add_pair m e =
  put (fst e) ((snd e) :: (list_at (fst e) m)) m

(** val by_first : (int * int) list -> int list table **)

let by_first pairs =
  fold_left add_pair pairs empty0

(** val merge : int list -> int list -> int list **)

let rec merge a =
  let rec merge_a b =
    match a with
    | [] -> b
    | x :: a' ->
      (match b with
       | [] -> a
       | y :: b' ->
         if Uint63.equal x y
         then x :: (merge a' b')
         else if Uint63.less_unsigned x y
              then x :: (merge a' b)
              else y :: (merge_a b'))
  in merge_a

(** val gather : int list table -> int list -> int list -> int list option **)

let rec gather known ps sum =
  match ps with
  | [] -> Some sum
  | p :: ps' ->
    (match find0 p known with
     | Some l -> gather known ps' (merge l sum)
     | None -> None)

(** val climb :
    int list table -> int list -> int list table -> int list table option **)

let rec climb up order known =
  match order with
  | [] -> Some known
  | q :: rest ->
    (match gather known (list_at q up) (q :: []) with
     | Some l -> climb up rest (put q l known)
     | None -> None)

(** val ancestors : (int * int) list -> int list -> int list table option **)

let ancestors edges order =
  climb (by_first edges) order empty0

(** val judgments : (int * int) list -> int list -> int list table **)

let judgments pairs queries =
  fold_left (fun m q -> put q (list_at q m) m) queries (by_first pairs)

(** val dot : z list -> z list -> z **)

let rec dot a b =
  match a with
  | [] -> Z0
  | x :: a' ->
    (match b with
     | [] -> Z0
     | y :: b' -> Z.add (Z.mul x y) (dot a' b'))

type cells =
| End
| One of int * cells
| Four of int * int * int * int * cells

(** val cells_of : int list -> cells **)

let rec cells_of = function
| [] -> End
| a :: rest ->
  (match rest with
   | [] -> One (a, (cells_of rest))
   | b :: l0 ->
     (match l0 with
      | [] -> One (a, (cells_of rest))
      | c :: l1 ->
        (match l1 with
         | [] -> One (a, (cells_of rest))
         | d :: rest0 -> Four (a, b, c, d, (cells_of rest0)))))

(** val word_product : int -> cells -> cells -> int **)

let rec word_product s x y =
  match x with
  | End -> s
  | One (a, x') ->
    (match y with
     | One (e, y') -> word_product ((+) s (( * ) a e)) x' y'
     | _ -> s)
  | Four (a, b, c, d, x') ->
    (match y with
     | Four (e, f0, g, h, y') ->
       word_product
         ((+) ((+) ((+) ((+) s (( * ) a e)) (( * ) b f0)) (( * ) c g))
           (( * ) d h)) x' y'
     | _ -> s)

(** val f : z -> z **)

let f f0 =
  Z.pow (Zpos (XO XH)) f0

(** val reach : z -> nat -> z **)

let rec reach f0 = function
| O -> Z0
| S k' -> Z.add (Z.pow (f f0) (Z.of_nat k')) (reach f0 k')

(** val spill : z -> nat -> z **)

let rec spill f0 = function
| O -> Z0
| S k' -> Z.add (Z.mul (f f0) (spill f0 k')) (reach f0 k')

type fields = { how_many : nat; width : int }

(** val fields_are_good : fields -> bool **)

let fields_are_good p =
  (&&) (Z.leb (Zpos XH) (to_Z0 p.width))
    (Z.leb (Zpos (XI (XI (XI (XI (XI XH))))))
      (Z.mul (to_Z0 p.width) (Z.of_nat (S p.how_many))))

(** val front_word : int -> int list -> int **)

let rec front_word f0 = function
| [] -> (Uint63.of_int (0))
| x :: a' -> (+) x (Uint63.shift_left (front_word f0 a') f0)

(** val power_word : int -> nat -> int **)

let rec power_word f0 = function
| O -> (Uint63.of_int (1))
| S k' -> Uint63.shift_left (power_word f0 k') f0

(** val back_word : int -> nat -> int list -> int **)

let rec back_word f0 k b =
  match k with
  | O -> (Uint63.of_int (0))
  | S k' ->
    (match b with
     | [] -> (Uint63.of_int (0))
     | y :: b' -> (+) (( * ) y (power_word f0 k')) (back_word f0 k' b'))

(** val groups : nat -> nat -> int list -> int list list **)

let rec groups fuel k l =
  match fuel with
  | O -> []
  | S fuel' ->
    (match l with
     | [] -> []
     | _ :: _ -> (firstn k l) :: (groups fuel' k (skipn k l)))

(** val pack_front : fields -> int list -> cells **)

let pack_front p l =
  cells_of (map (front_word p.width) (groups (length l) (S p.how_many) l))

(** val pack_back : fields -> int list -> cells **)

let pack_back p l =
  cells_of
    (map (back_word p.width (S p.how_many))
      (groups (length l) (S p.how_many) l))

(** val lowest : fields -> z **)

let lowest p =
  Z.pow (f (to_Z0 p.width)) (Z.of_nat p.how_many)

(** val one : number **)

let one =
  ((Uint63.of_int (1)), (Uint63.of_int (0)))

(** val power : z -> number -> number -> z **)

let power s c x =
  Z.add (Z.add (to_Z0 (snd c)) (to_Z0 (snd x))) s

(** val scaled : z -> number -> number -> z **)

let scaled s c x =
  Z.mul (Z.mul (to_Z0 (fst c)) (to_Z0 (fst x)))
    (Z.pow (Zpos (XO XH)) (power s c x))

(** val whole : z -> number -> row -> z list **)

let whole s extra0 r =
  (scaled s one extra0) :: (map (scaled s r.scale) r.numbers)

(** val size0 : number -> z **)

let size0 unit0 =
  Z.mul (to_Z0 (fst unit0)) (Z.pow (Zpos (XO XH)) (to_Z0 (snd unit0)))

(** val of_bool : bool -> z **)

let of_bool = function
| true -> Zpos XH
| false -> Z0

(** val near_in_Z :
    int -> number -> bool -> number -> number -> int -> bool **)

let near_in_Z s unit0 b c x y =
  (&&) (Z.leb Z0 (power (to_Z0 s) c x))
    (Z.leb
      (Z.abs (Z.sub (scaled (to_Z0 s) c x) (Z.mul (size0 unit0) (to_Z0 y))))
      (Z.mul (of_bool b) (size0 unit0)))

(** val small : int **)

let small =
  (Uint63.of_int (1073741824))

(** val fits : int -> int -> bool **)

let fits x y =
  if Uint63.equal x (Uint63.of_int (1))
  then within (Uint63.shift_right top (Uint63.of_int (1))) y
  else (&&) (within small x) (within small y)

(** val near_in_words :
    int -> number -> bool -> number -> number -> int -> bool **)

let near_in_words s unit0 b c x y =
  let up = (+) ((+) (snd c) (snd x)) s in
  let a = ( * ) (fst c) (fst x) in
  let z0 = ( * ) (fst unit0) y in
  let d = (-) up (snd unit0) in
  (&&)
    ((&&)
      ((&&)
        ((&&)
          ((&&)
            ((&&) ((&&) (within small (snd c)) (within small (snd x)))
              (within small s)) (within small (snd unit0)))
          (Uint63.at_most (Uint63.of_int (0)) up)) (fits (fst c) (fst x)))
      (fits (fst unit0) y))
    (if Uint63.at_most (Uint63.of_int (0)) d
     then (&&) (shifts a d)
            (within (if b then fst unit0 else (Uint63.of_int (0)))
              ((-) (Uint63.shift_left a d) z0))
     else (&&)
            ((&&) (shifts z0 ((-) (Uint63.of_int (0)) d))
              (shifts (fst unit0) ((-) (Uint63.of_int (0)) d)))
            (within
              (if b
               then Uint63.shift_left (fst unit0) ((-) (Uint63.of_int (0)) d)
               else (Uint63.of_int (0)))
              ((-) a (Uint63.shift_left z0 ((-) (Uint63.of_int (0)) d)))))

(** val stands_for :
    int -> number -> bool -> number -> number -> int -> bool **)

let stands_for s unit0 b c x y =
  if near_in_words s unit0 b c x y then true else near_in_Z s unit0 b c x y

type level = { packing_ : fields; low : int; more : int; free : bool;
               blur : bool list; most_q : int list; most_v : int list;
               flat_q : int; flat_v : int; room_q : int; room_v : int }

type form = { unit_ : number; entries : int list; slack : int; room : int }

type hinted = { stored : row; extra : number; lift : int; forms : form list }

(** val count : bool list -> z **)

let rec count = function
| [] -> Z0
| b :: l' -> Z.add (of_bool b) (count l')

(** val below : level -> z **)

let below l =
  Z.mul (Z.of_nat (length l.most_q))
    (Z.mul (Z.mul (to_Z0 l.flat_q) (to_Z0 l.flat_v))
      (spill (to_Z0 l.packing_.width) (S l.packing_.how_many)))

(** val level_is_good : level -> bool **)

let level_is_good l =
  (&&)
    ((&&)
      ((&&)
        ((&&)
          ((&&)
            ((&&)
              ((&&)
                ((&&)
                  ((&&) (fields_are_good l.packing_)
                    (Z.eqb (lowest l.packing_) (to_Z0 l.low)))
                  (Z.eqb
                    (Z.add (Z.mul (lowest l.packing_) (count l.blur))
                      (below l)) (to_Z0 l.more)))
                (forallb (within l.flat_q) l.most_q))
              (forallb (within l.flat_v) l.most_v))
            (Z.leb Z0 (to_Z0 l.flat_q))) (Z.leb Z0 (to_Z0 l.flat_v)))
        (Nat.eqb (length l.most_v) (length l.most_q)))
      (Nat.eqb (length l.blur) (length l.most_q)))
    (Z.ltb
      (Z.add
        (Z.add
          (Z.add
            (Z.mul (lowest l.packing_)
              (dot (map to_Z0 l.most_q) (map to_Z0 l.most_v))) (below l))
          (to_Z0 l.room_q)) (to_Z0 l.room_v)) half)

(** val all_stand :
    int -> number -> bool list -> number -> number list -> int list -> bool **)

let rec all_stand s u bs c xs ys =
  match bs with
  | [] ->
    (match xs with
     | [] -> (match ys with
              | [] -> true
              | _ :: _ -> false)
     | _ :: _ -> false)
  | b :: bs' ->
    (match xs with
     | [] -> false
     | x :: xs' ->
       (match ys with
        | [] -> false
        | y :: ys' ->
          if stands_for s u b c x y
          then all_stand s u bs' c xs' ys'
          else false))

(** val bounded : int list -> int list -> bool **)

let rec bounded most ys =
  match most with
  | [] -> (match ys with
           | [] -> true
           | _ :: _ -> false)
  | m :: most' ->
    (match ys with
     | [] -> false
     | y :: ys' -> if within m y then bounded most' ys' else false)

(** val spends : bool list -> int list -> int -> bool **)

let rec spends bs ys left0 =
  match bs with
  | [] -> Uint63.at_most (Uint63.of_int (0)) left0
  | b :: bs' ->
    (match ys with
     | [] -> Uint63.at_most (Uint63.of_int (0)) left0
     | y :: ys' ->
       if b
       then let a =
              if Uint63.at_most (Uint63.of_int (0)) y
              then y
              else (-) (Uint63.of_int (0)) y
            in
            if (&&) (Uint63.at_most (Uint63.of_int (0)) a)
                 (Uint63.at_most a left0)
            then spends bs' ys' ((-) left0 a)
            else false
       else spends bs' ys' left0)

(** val form_is_good :
    level -> int list -> int -> int -> bool -> int -> hinted -> form -> bool **)

let form_is_good l most largest also is_query s h f0 =
  match l.blur with
  | [] -> false
  | b :: bs ->
    (match f0.entries with
     | [] -> false
     | y :: ys ->
       (&&)
         ((&&)
           ((&&)
             ((&&)
               ((&&)
                 ((&&)
                   ((&&)
                     ((&&) (Z.ltb Z0 (to_Z0 (fst f0.unit_)))
                       (Z.leb Z0 (to_Z0 (snd f0.unit_))))
                     (if l.free
                      then (&&)
                             ((&&) (Uint63.equal y (Uint63.of_int (0)))
                               (if is_query
                                then Uint63.equal (fst h.extra)
                                       (Uint63.of_int (0))
                                else true))
                             (Z.leb Z0 (power (to_Z0 s) one h.extra))
                      else stands_for s f0.unit_ b one h.extra y))
                   (all_stand s f0.unit_ bs h.stored.scale h.stored.numbers
                     ys)) (bounded most f0.entries))
               (spends l.blur f0.entries f0.slack))
             (Z.leb Z0 (to_Z0 f0.slack)))
           (Z.leb (Z.add (Z.mul (to_Z0 l.low) (to_Z0 f0.slack)) (to_Z0 also))
             (to_Z0 f0.room))) (Uint63.at_most f0.room largest))

(** val query_form_is_good : level -> int -> hinted -> form -> bool **)

let query_form_is_good l =
  form_is_good l l.most_q l.room_q l.more true

(** val document_form_is_good : level -> int -> hinted -> form -> bool **)

let document_form_is_good l =
  form_is_good l l.most_v l.room_v (Uint63.of_int (0)) false

type ready = { row_ : row; extra_ : number; lift_ : int;
               packs : (cells * int) list }

(** val in_Z : ready -> ready -> comparison **)

let in_Z q v =
  Z.compare
    (dot (whole (to_Z0 q.lift_) q.extra_ q.row_)
      (whole (to_Z0 v.lift_) v.extra_ v.row_)) Z0

(** val sign_by :
    (cells * int) list -> (cells * int) list -> ready -> ready -> comparison **)

let rec sign_by ps qs q v =
  match ps with
  | [] -> in_Z q v
  | p :: ps' ->
    (match qs with
     | [] -> in_Z q v
     | o :: qs' ->
       let s = word_product (Uint63.of_int (0)) (fst p) (fst o) in
       let r = (+) (snd p) (snd o) in
       if Uint63.less r s
       then Gt
       else if Uint63.less s ((-) (Uint63.of_int (0)) r)
            then Lt
            else sign_by ps' qs' q v)

(** val sign : ready -> ready -> comparison **)

let sign q v =
  sign_by q.packs v.packs q v

(** val pack :
    (level -> form -> bool) -> (fields -> int list -> cells) -> level list ->
    form list -> (cells * int) list option **)

let rec pack good into ls fs =
  match ls with
  | [] -> (match fs with
           | [] -> Some []
           | _ :: _ -> None)
  | l :: ls' ->
    (match fs with
     | [] -> None
     | f0 :: fs' ->
       if good l f0
       then (match pack good into ls' fs' with
             | Some ps -> Some (((into l.packing_ f0.entries), f0.room) :: ps)
             | None -> None)
       else None)

(** val is_whole_in_Z : hinted -> bool **)

let is_whole_in_Z h =
  (&&) (Z.leb Z0 (power (to_Z0 h.lift) one h.extra))
    (forallb (fun x -> Z.leb Z0 (power (to_Z0 h.lift) h.stored.scale x))
      h.stored.numbers)

(** val prepare :
    (level -> int -> hinted -> form -> bool) -> (fields -> int list -> cells)
    -> level list -> hinted -> ready option **)

let prepare good into ls h =
  match pack (fun l f0 -> good l h.lift h f0) into ls h.forms with
  | Some ps ->
    if match ls with
       | [] -> is_whole_in_Z h
       | _ :: _ -> true
    then Some { row_ = h.stored; extra_ = h.extra; lift_ = h.lift; packs =
           ps }
    else None
  | None -> None

(** val prepare_query : level list -> hinted -> ready option **)

let prepare_query =
  prepare query_form_is_good pack_front

(** val prepare_document : level list -> hinted -> ready option **)

let prepare_document ls h =
  if (&&) (Uint63.equal (fst h.extra) (Uint63.of_int (1)))
       (Uint63.equal (snd h.extra) (Uint63.of_int (0)))
  then prepare document_form_is_good pack_back ls h
  else None

type library = { from : int option; blocks : ready list list }

(** val no_documents : library **)

let no_documents =
  { from = None; blocks = [] }

(** val prepare_block : level list -> hinted list -> ready list option **)

let rec prepare_block ls = function
| [] -> Some []
| h :: rest ->
  (match prepare_document ls h with
   | Some r ->
     (match prepare_block ls rest with
      | Some rs -> Some (r :: rs)
      | None -> None)
   | None -> None)

(** val ids_increase : ready list -> int option -> bool **)

let rec ids_increase rs before =
  match rs with
  | [] -> true
  | r :: rest ->
    (&&)
      (match rest with
       | [] ->
         (match before with
          | Some b -> Uint63.less_unsigned r.row_.id b
          | None -> true)
       | s :: _ -> Uint63.less_unsigned r.row_.id s.row_.id)
      (ids_increase rest before)

(** val add_documents :
    level list -> hinted list -> library -> library option **)

let add_documents ls hs lib =
  match prepare_block ls hs with
  | Some l ->
    (match l with
     | [] -> None
     | r :: rs ->
       if ids_increase (r :: rs) lib.from
       then Some { from = (Some r.row_.id); blocks =
              ((r :: rs) :: lib.blocks) }
       else None)
  | None -> None

type state = { found : int list; wrong : int list }

(** val scan : ready -> ready list -> int list -> int list -> state **)

let rec scan q documents found0 wrong0 =
  match documents with
  | [] -> { found = found0; wrong = wrong0 }
  | v :: rest ->
    (match found0 with
     | [] ->
       scan q rest found0
         (match sign q v with
          | Lt -> wrong0
          | _ -> v.row_.id :: wrong0)
     | a :: others ->
       if Uint63.equal a v.row_.id
       then scan q rest others
              (match sign q v with
               | Gt -> wrong0
               | _ -> v.row_.id :: wrong0)
       else scan q rest found0
              (match sign q v with
               | Lt -> wrong0
               | _ -> v.row_.id :: wrong0))

(** val scan_all :
    (ready * state) list -> ready list -> (ready * state) list **)

let scan_all states block =
  map (fun x -> ((fst x), (scan (fst x) block (snd x).found (snd x).wrong)))
    states

(** val sweep :
    ready list list -> (ready * state) list -> (ready * state) list **)

let sweep documents states =
  fold_left scan_all documents states

(** val start :
    level list -> int list table -> hinted list -> (ready * state) list option **)

let rec start ls known = function
| [] -> Some []
| h :: rest ->
  (match find0 h.stored.id known with
   | Some l ->
     (match prepare_query ls h with
      | Some r ->
        (match start ls known rest with
         | Some others -> Some ((r, { found = l; wrong = [] }) :: others)
         | None -> None)
      | None -> None)
   | None -> None)

(** val finish : (ready * state) list -> (int * int list) list option **)

let rec finish = function
| [] -> Some []
| p :: rest ->
  let (q, s) = p in
  (match s.found with
   | [] ->
     (match finish rest with
      | Some answers -> Some ((q.row_.id, s.wrong) :: answers)
      | None -> None)
   | _ :: _ -> None)

(** val check :
    level list -> int list table -> library -> hinted list -> (int * int
    list) list option **)

let check ls known lib queries =
  if forallb level_is_good ls
  then (match start ls known queries with
        | Some states -> finish (sweep lib.blocks states)
        | None -> None)
  else None

(** val merge_onto : bool -> int list -> int list -> int list -> int list **)

let rec merge_onto down a =
  let rec merge_a b acc =
    match a with
    | [] -> rev_append b acc
    | x :: a' ->
      (match b with
       | [] -> rev_append a acc
       | y :: b' ->
         if if down then Uint63.less y x else Uint63.less x y
         then merge_onto down a' b (x :: acc)
         else merge_a b' (y :: acc))
  in merge_a

(** val merge_pairs :
    bool -> int list list -> int list list -> int list list **)

let rec merge_pairs down runs acc =
  match runs with
  | [] -> acc
  | a :: l ->
    (match l with
     | [] -> (rev_append a []) :: acc
     | b :: rest -> merge_pairs down rest ((merge_onto down a b []) :: acc))

(** val merge_all : nat -> bool -> int list list -> int list **)

let rec merge_all fuel down runs =
  match fuel with
  | O -> fold_left (fun acc run -> rev_append run acc) runs []
  | S fuel' ->
    (match runs with
     | [] -> fold_left (fun acc run -> rev_append run acc) runs []
     | _ :: l0 ->
       (match l0 with
        | [] -> fold_left (fun acc run -> rev_append run acc) runs []
        | _ :: _ -> merge_all fuel' (negb down) (merge_pairs down runs [])))

(** val in_order : int list -> bool **)

let rec in_order = function
| [] -> true
| x :: l' ->
  (match l' with
   | [] -> true
   | y :: _ -> if Uint63.at_most x y then in_order l' else false)

(** val sort : int list -> int list **)

let sort l =
  let once =
    merge_all (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
      (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
      (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
      O)))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))) false
      (fold_left (fun acc x -> (x :: []) :: acc) l [])
  in
  if in_order once then once else rev_append once []

(** val walk : int list -> int list -> z -> z -> z **)

let rec walk xs =
  let rec walk_ps ps passed sum =
    match xs with
    | [] -> sum
    | x :: xs' ->
      (match ps with
       | [] -> walk xs' [] passed (Z.add sum passed)
       | p :: ps' ->
         if Uint63.less p x
         then walk_ps ps' (Z.add passed (Zpos XH)) sum
         else walk xs' ps passed (Z.add sum passed))
  in walk_ps

(** val pairs_below : int list -> int list -> z option **)

let pairs_below xs sorted_ps =
  let s = sort xs in
  if in_order s then Some (walk s sorted_ps Z0 Z0) else None

(** val inside : int -> int -> int -> bool **)

let inside l r p =
  (&&) (Uint63.less l p) (Uint63.less p r)

(** val select : ('a1 -> bool) -> ('a1 -> int) -> 'a1 list -> int list **)

let select f0 g l =
  fold_left (fun acc x -> if f0 x then (g x) :: acc else acc) l []

(** val how_many0 : 'a1 list -> z -> z **)

let how_many0 l s =
  fold_left (fun s0 _ -> Z.add s0 (Zpos XH)) l s

(** val rising : int -> int list -> bool **)

let rec rising from0 = function
| [] -> true
| x :: rest -> if Uint63.less_unsigned from0 x then rising x rest else false

(** val strictly : int list -> bool **)

let strictly = function
| [] -> true
| x :: rest -> rising x rest

(** val ids_rise : ('a1 -> int) -> 'a1 list -> bool **)

let ids_rise f0 l =
  strictly (rev_append (select (fun _ -> true) f0 l) [])

(** val is_int : number -> bool **)

let is_int x =
  shifts (fst x) (snd x)

(** val int_of : number -> int **)

let int_of x =
  Uint63.shift_left (fst x) (snd x)

(** val ints : row -> int list **)

let ints r =
  map int_of r.numbers

(** val is_whole_row : row -> bool **)

let is_whole_row r =
  (&&) (Uint63.less (Uint63.of_int (0)) (fst r.scale))
    (forallb is_int r.numbers)

type mark = { class0 : nat; left : int; right : int }

type document = { v_row : row; v_mark : mark }

(** val close : int -> bool **)

let close x =
  within (Uint63.of_int (1073741823)) x

(** val query_row : int list -> bool **)

let rec query_row = function
| [] -> false
| x :: l ->
  (match l with
   | [] -> Uint63.equal x (Uint63.of_int (1))
   | y :: rest ->
     (&&) ((&&) (close x) (Uint63.equal y (( * ) x x))) (query_row rest))

(** val document_rest : int -> int list -> bool **)

let rec document_rest z0 = function
| [] -> false
| x :: l ->
  (match l with
   | [] -> Uint63.equal x z0
   | y :: rest ->
     (&&)
       ((&&) (Uint63.equal x (Uint63.of_int (0)))
         (Uint63.equal y (Uint63.of_int (0)))) (document_rest z0 rest))

(** val document_row : nat -> int -> int -> int list -> bool **)

let rec document_row c l r xs =
  match c with
  | O ->
    (match xs with
     | [] -> false
     | x :: l0 ->
       (match l0 with
        | [] -> false
        | y :: rest ->
          (&&)
            ((&&) (Uint63.equal x (( * ) (Uint63.of_int (2)) ((+) l r)))
              (Uint63.equal y (Uint63.of_int (-2))))
            (document_rest
              ((-) (( * ) (Uint63.of_int (-2)) (( * ) l r))
                (Uint63.of_int (1))) rest)))
  | S c' ->
    (match xs with
     | [] -> false
     | x :: l0 ->
       (match l0 with
        | [] -> false
        | y :: rest ->
          (&&)
            ((&&) (Uint63.equal x (Uint63.of_int (0)))
              (Uint63.equal y (Uint63.of_int (0)))) (document_row c' l r rest)))

(** val position : nat -> int list -> int **)

let rec position c xs =
  match c with
  | O -> (match xs with
          | [] -> (Uint63.of_int (0))
          | x :: _ -> x)
  | S c' ->
    (match xs with
     | [] -> (Uint63.of_int (0))
     | _ :: l ->
       (match l with
        | [] -> (Uint63.of_int (0))
        | _ :: rest -> position c' rest))

(** val place : nat -> row -> int **)

let place c q =
  position c (ints q)

(** val matches : mark -> row -> bool **)

let matches m q =
  inside m.left m.right (place m.class0 q)

(** val good_query : nat -> row -> bool **)

let good_query k q =
  (&&) ((&&) (is_whole_row q) (query_row (ints q)))
    (Nat.eqb (length (ints q)) k)

(** val good_document : nat -> nat -> document -> bool **)

let good_document classes k v =
  let m = v.v_mark in
  (&&)
    ((&&)
      ((&&)
        ((&&)
          ((&&) ((&&) (is_whole_row v.v_row) (close m.left)) (close m.right))
          (Uint63.less m.left m.right)) (Nat.ltb m.class0 classes))
      (document_row m.class0 m.left m.right (ints v.v_row)))
    (Nat.eqb (length (ints v.v_row)) k)

(** val in_class : nat -> document -> bool **)

let in_class c v =
  Nat.eqb v.v_mark.class0 c

(** val matches_of_class : row list -> document list -> nat -> z option **)

let matches_of_class queries documents c =
  let ps = sort (select (fun _ -> true) (place c) queries) in
  if in_order ps
  then (match pairs_below
                (select (in_class c) (fun v -> v.v_mark.right) documents) ps with
        | Some r ->
          (match pairs_below
                   (select (in_class c) (fun v ->
                     (+) v.v_mark.left (Uint63.of_int (1))) documents) ps with
           | Some l -> Some (Z.sub r l)
           | None -> None)
        | None -> None)
  else None

(** val matches_of_classes :
    row list -> document list -> nat list -> z option **)

let rec matches_of_classes queries documents = function
| [] -> Some Z0
| c :: rest ->
  (match matches_of_class queries documents c with
   | Some a ->
     (match matches_of_classes queries documents rest with
      | Some b -> Some (Z.add a b)
      | None -> None)
   | None -> None)

(** val lay : mark table -> document -> mark table **)

let lay m v =
  put v.v_row.id v.v_mark m

(** val good_ancestors : int list table -> mark table -> row -> bool **)

let good_ancestors known marks q =
  match find0 q.id known with
  | Some l ->
    (&&) (strictly l)
      (forallb (fun a ->
        match find0 a marks with
        | Some m -> matches m q
        | None -> false) l)
  | None -> false

(** val check_cover :
    nat -> int list table -> row list -> document list -> bool **)

let check_cover classes known queries documents =
  let k = add (mul (S (S O)) classes) (S O) in
  let marks = fold_left lay documents empty0 in
  (&&)
    ((&&)
      ((&&)
        ((&&)
          ((&&) (ids_rise (fun r -> r.id) queries)
            (ids_rise (fun v -> v.v_row.id) documents))
          (forallb (good_query k) queries))
        (forallb (good_document classes k) documents))
      (forallb (good_ancestors known marks) queries))
    (match matches_of_classes queries documents (seq O classes) with
     | Some n ->
       Z.leb n
         (fold_left (fun s q -> how_many0 (list_at q.id known) s) queries Z0)
     | None -> false)

(** val z_bits : nat -> int -> z **)

let rec z_bits fuel x =
  match fuel with
  | O -> Z0
  | S fuel' ->
    if Uint63.equal x (Uint63.of_int (0))
    then Z0
    else if Uint63.equal ((land) x (Uint63.of_int (1))) (Uint63.of_int (0))
         then Z.double
                (z_bits fuel' (Uint63.shift_right x (Uint63.of_int (1))))
         else Z.succ_double
                (z_bits fuel' (Uint63.shift_right x (Uint63.of_int (1))))

(** val z_of : int -> z **)

let z_of x =
  if Uint63.less x (Uint63.of_int (0))
  then Z.opp
         (z_bits (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
           (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
           (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
           O)))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
           ((-) (Uint63.of_int (0)) x))
  else z_bits (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
         (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
         (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
         O))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))) x

(** val whole_at : z -> number -> z option **)

let whole_at s x =
  if Uint63.equal (fst x) (Uint63.of_int (0))
  then Some Z0
  else let e = Z.add (z_of (snd x)) s in
       if Z.leb Z0 e then Some (Z.shiftl (z_of (fst x)) e) else None

(** val wholes : z -> number list -> z list option **)

let rec wholes s = function
| [] -> Some []
| x :: rest ->
  (match whole_at s x with
   | Some z0 ->
     (match wholes s rest with
      | Some zs -> Some (z0 :: zs)
      | None -> None)
   | None -> None)

(** val is_zero0 : number -> bool **)

let is_zero0 x =
  Uint63.equal (fst x) (Uint63.of_int (0))

(** val columns : nat -> nat -> number list -> number list **)

let columns from0 width0 xs =
  firstn width0 (skipn from0 xs)

(** val only_in : nat -> nat -> nat -> number list -> bool **)

let only_in from0 width0 own0 v =
  (&&)
    ((&&) (forallb is_zero0 (firstn from0 v))
      (Nat.leb (add from0 width0) own0))
    (forallb is_zero0
      (firstn (sub own0 (add from0 width0)) (skipn (add from0 width0) v)))

(** val good_scale : number -> row -> bool **)

let good_scale extra0 r =
  (&&) (Uint63.less (Uint63.of_int (0)) (fst r.scale))
    (if is_zero0 extra0
     then true
     else (&&) (Uint63.equal (fst r.scale) (Uint63.of_int (1)))
            (Uint63.equal (snd r.scale) (Uint63.of_int (0))))

type point = z * z

(** val turn : point -> point -> point -> z **)

let turn a b c =
  Z.sub (Z.mul (Z.sub (fst b) (fst a)) (Z.sub (snd c) (snd a)))
    (Z.mul (Z.sub (snd b) (snd a)) (Z.sub (fst c) (fst a)))

(** val all_along : 'a1 list -> int -> (int -> bool) -> bool **)

let rec all_along l i f0 =
  match l with
  | [] -> true
  | _ :: rest ->
    if f0 i then all_along rest ((+) i (Uint63.of_int (1))) f0 else false

type vertex = { vx : number; vy : number; spot : point }

(** val ring_of :
    z -> int -> (number * number) list -> vertex table -> vertex table option **)

let rec ring_of s i vs r =
  match vs with
  | [] -> Some r
  | p :: rest ->
    let (x, y) = p in
    (match whole_at s x with
     | Some x0 ->
       (match whole_at s y with
        | Some y0 ->
          ring_of s ((+) i (Uint63.of_int (1))) rest
            (put i { vx = x; vy = y; spot = (x0, y0) } r)
        | None -> None)
     | None -> None)

(** val turns_left : vertex table -> int -> bool **)

let turns_left r i =
  if Uint63.less_unsigned i (Uint63.of_int (2))
  then (match find0 i r with
        | Some _ -> true
        | None -> false)
  else (match find0 i r with
        | Some c ->
          (match find0 ((-) i (Uint63.of_int (1))) r with
           | Some b ->
             (match find0 ((-) i (Uint63.of_int (2))) r with
              | Some a ->
                (match find0 (Uint63.of_int (0)) r with
                 | Some p0 ->
                   (match find0 (Uint63.of_int (1)) r with
                    | Some p1 ->
                      (&&)
                        ((&&) (Z.ltb Z0 (turn a.spot b.spot c.spot))
                          (Z.ltb Z0 (turn p0.spot b.spot c.spot)))
                        (Z.ltb Z0 (turn p0.spot p1.spot c.spot))
                    | None -> false)
                 | None -> false)
              | None -> false)
           | None -> false)
        | None -> false)

(** val number_at : int -> z table -> z **)

let number_at p m =
  match find0 p m with
  | Some n -> n
  | None -> Z0

(** val tally : z table -> int -> z table **)

let tally m p =
  put p (Z.add (number_at p m) (Zpos XH)) m

(** val sums_along : 'a1 list -> int -> z -> z table -> z table -> z table **)

let rec sums_along l i sum counts sums =
  match l with
  | [] -> put i sum sums
  | _ :: rest ->
    sums_along rest ((+) i (Uint63.of_int (1)))
      (Z.add sum (number_at i counts)) counts (put i sum sums)

(** val adds_up : z table -> z table -> int -> bool **)

let adds_up counts sums i =
  match find0 ((+) i (Uint63.of_int (1))) sums with
  | Some z0 -> Z.eqb z0 (Z.add (number_at i sums) (number_at i counts))
  | None -> false

(** val between : int -> int -> int -> bool **)

let between low0 high p =
  (&&) (Uint63.at_most_unsigned low0 p) (Uint63.at_most_unsigned p high)

type codes =
| Leaf0
| Node0 of z * codes * codes

(** val number_in : codes -> z **)

let number_in = function
| Leaf0 -> Z0
| Node0 (n, _, _) -> n

(** val yes_of : codes -> codes **)

let yes_of = function
| Leaf0 -> Leaf0
| Node0 (_, yes, _) -> yes

(** val no_of : codes -> codes **)

let no_of = function
| Leaf0 -> Leaf0
| Node0 (_, _, no) -> no

(** val insert : bool list -> codes -> codes **)

let rec insert y t0 =
  match y with
  | [] -> Node0 ((Z.add (number_in t0) (Zpos XH)), (yes_of t0), (no_of t0))
  | b :: y' ->
    if b
    then Node0 ((Z.add (number_in t0) (Zpos XH)), (insert y' (yes_of t0)),
           (no_of t0))
    else Node0 ((Z.add (number_in t0) (Zpos XH)), (yes_of t0),
           (insert y' (no_of t0)))

(** val size_of : z list -> z **)

let rec size_of = function
| [] -> Z0
| w :: ws' -> Z.add (Z.abs w) (size_of ws')

(** val word_of : z list -> bool list **)

let rec word_of = function
| [] -> []
| w :: ws' -> if Z.eqb w Z0 then [] else (Z.ltb Z0 w) :: (word_of ws')

(** val begins : bool list -> bool list -> bool **)

let rec begins word y =
  match word with
  | [] -> true
  | a :: word' ->
    (match y with
     | [] -> false
     | b :: y' -> if eqb a b then begins word' y' else false)

(** val walk0 : codes -> z list -> z -> z -> z option **)

let rec walk0 t0 ws need rest =
  match ws with
  | [] -> Some (number_in t0)
  | w :: ws' ->
    if Z.eqb w Z0
    then if forallb (Z.eqb Z0) ws' then Some (number_in t0) else None
    else (match t0 with
          | Leaf0 -> Some Z0
          | Node0 (n, yes, no) ->
            let other = if Z.ltb Z0 w then number_in no else number_in yes in
            if (&&)
                 (if Z.ltb (Z.add (number_in yes) (number_in no)) n
                  then Z.ltb need rest
                  else true)
                 (if Z.eqb other Z0
                  then true
                  else Z.ltb need (Z.mul (Zpos (XO XH)) (Z.abs w)))
            then walk0 (if Z.ltb Z0 w then yes else no) ws' need
                   (Z.sub rest (Z.abs w))
            else None)

type kind =
| Trie of nat * number
| Polygon of (number * number) list

type part = { from_column : nat; kind_of : kind }

type standing = { q_row : row; places : int list }

type stand =
| Code of bool list
| Place of int

type layout = { own : nat; shared : number list; up_q : z; up_v : z;
                minus_t : number }

type ground =
| Bits of nat * number * codes
| Ring of (number * number) list * int * vertex table * z table

type ready_part = { number_of : nat; begins_at : nat; ground_of : ground }

(** val code_of : number -> number list -> bool list option **)

let rec code_of u = function
| [] -> Some []
| x :: rest ->
  if is_zero0 x
  then if forallb is_zero0 rest then Some [] else None
  else if Uint63.equal (snd x) (snd u)
       then if Uint63.equal (fst x) (fst u)
            then option_map (fun x0 -> true :: x0) (code_of u rest)
            else if Uint63.equal (fst x) ((-) (Uint63.of_int (0)) (fst u))
                 then option_map (fun x0 -> false :: x0) (code_of u rest)
                 else None
       else None

(** val same_number : number -> number -> bool **)

let same_number x y =
  (&&) (Uint63.equal (fst x) (fst y)) (Uint63.equal (snd x) (snd y))

(** val code_at : nat -> nat -> number -> standing -> bool list option **)

let code_at from0 width0 u q =
  code_of u (columns from0 width0 q.q_row.numbers)

(** val place_at :
    nat -> nat -> int -> vertex table -> standing -> int option **)

let place_at from0 c n r q =
  let p = nth c q.places (Uint63.of_int (0)) in
  (match find0 p r with
   | Some v ->
     (match columns from0 (S (S O)) q.q_row.numbers with
      | [] -> None
      | x :: l ->
        (match l with
         | [] -> None
         | y :: l0 ->
           (match l0 with
            | [] ->
              if (&&) ((&&) (same_number x v.vx) (same_number y v.vy))
                   (Uint63.less_unsigned p n)
              then Some p
              else None
            | _ :: _ -> None)))
   | None -> None)

(** val stand_in : ready_part -> standing -> stand option **)

let stand_in c q =
  match c.ground_of with
  | Bits (width0, u, _) ->
    option_map (fun x -> Code x) (code_at c.begins_at width0 u q)
  | Ring (_, n, r, _) ->
    option_map (fun x -> Place x) (place_at c.begins_at c.number_of n r q)

type marked = { d_row : row; at_part : nat; reversed : bool;
                first_place : int; last_place : int }

type target =
| Always
| Never
| Begins of bool list
| Between of bool * int * int

(** val hit : target -> stand option -> bool **)

let hit t0 s =
  match t0 with
  | Always -> true
  | Never -> false
  | Begins w ->
    (match s with
     | Some s0 -> (match s0 with
                   | Code y -> begins w y
                   | Place _ -> false)
     | None -> false)
  | Between (reversed0, low0, high) ->
    (match s with
     | Some s0 ->
       (match s0 with
        | Code _ -> false
        | Place p -> xorb reversed0 (between low0 high p))
     | None -> false)

(** val rest_of : layout -> number list -> z option **)

let rest_of l xs =
  match wholes l.up_q l.shared with
  | Some a ->
    (match wholes l.up_v (skipn l.own xs) with
     | Some b ->
       (match whole_at (Z.add l.up_q l.up_v) l.minus_t with
        | Some t0 -> Some (Z.add (dot a b) t0)
        | None -> None)
     | None -> None)
  | None -> None

(** val width_of : ground -> nat **)

let width_of = function
| Bits (width0, _, _) -> width0
| Ring (_, _, _, _) -> S (S O)

(** val in_trie :
    layout -> number -> codes -> z list -> z -> (target * z) option **)

let in_trie l u t0 ws rest =
  match whole_at l.up_q u with
  | Some u0 ->
    let weights = map (Z.mul u0) ws in
    let size1 = size_of weights in
    if Z.ltb Z0 (Z.add size1 rest)
    then (match walk0 t0 weights (Z.add size1 rest) size1 with
          | Some n -> Some ((Begins (word_of weights)), n)
          | None -> None)
    else None
  | None -> None

(** val height : z -> z -> z -> bool -> vertex -> z **)

let height a b rest reversed0 v =
  let z0 = Z.add (Z.add (Z.mul a (fst v.spot)) (Z.mul b (snd v.spot))) rest in
  if reversed0 then Z.opp z0 else z0

(** val above : z -> z -> z -> bool -> vertex table -> int -> bool **)

let above a b rest reversed0 r p =
  match find0 p r with
  | Some v -> Z.ltb Z0 (height a b rest reversed0 v)
  | None -> false

(** val in_ring :
    z -> z -> z -> 'a1 list -> int -> vertex table -> z table -> z -> marked
    -> (target * z) option **)

let in_ring a b rest vs n r sums all v =
  let ok = above a b rest in
  let before_ =
    if Uint63.equal v.first_place (Uint63.of_int (0))
    then (-) n (Uint63.of_int (1))
    else (-) v.first_place (Uint63.of_int (1))
  in
  let after_ =
    if Uint63.equal v.last_place ((-) n (Uint63.of_int (1)))
    then (Uint63.of_int (0))
    else (+) v.last_place (Uint63.of_int (1))
  in
  if Uint63.at_most_unsigned v.first_place v.last_place
  then if (&&)
            ((&&)
              ((&&)
                ((&&) (Uint63.less_unsigned v.last_place n)
                  (ok v.reversed r v.first_place))
                (ok v.reversed r v.last_place))
              (ok (negb v.reversed) r before_))
            (ok (negb v.reversed) r after_)
       then let inside_ =
              Z.sub (number_at ((+) v.last_place (Uint63.of_int (1))) sums)
                (number_at v.first_place sums)
            in
            Some ((Between (v.reversed, v.first_place, v.last_place)),
            (if v.reversed then Z.sub all inside_ else inside_))
       else None
  else if all_along vs (Uint63.of_int (0)) (ok false r)
       then Some (Always, all)
       else if all_along vs (Uint63.of_int (0)) (ok true r)
            then Some (Never, Z0)
            else None

(** val target_of :
    layout -> ready_part list -> z -> marked -> (target * z) option **)

let target_of l cs all v =
  match nth_error cs v.at_part with
  | Some c ->
    let xs = v.d_row.numbers in
    if (&&) (good_scale l.minus_t v.d_row)
         (only_in c.begins_at (width_of c.ground_of) l.own xs)
    then (match wholes l.up_v (columns c.begins_at (width_of c.ground_of) xs) with
          | Some ws ->
            (match rest_of l xs with
             | Some rest ->
               if forallb (Z.eqb Z0) ws
               then if Z.ltb Z0 rest
                    then Some (Always, all)
                    else if Z.ltb rest Z0 then Some (Never, Z0) else None
               else (match c.ground_of with
                     | Bits (_, u, t0) -> in_trie l u t0 ws rest
                     | Ring (vs, n, r, sums) ->
                       (match ws with
                        | [] -> None
                        | a :: l0 ->
                          (match l0 with
                           | [] -> None
                           | b :: l1 ->
                             (match l1 with
                              | [] -> in_ring a b rest vs n r sums all v
                              | _ :: _ -> None))))
             | None -> None)
          | None -> None)
    else None
  | None -> None

(** val same_numbers : number list -> number list -> bool **)

let rec same_numbers a b =
  match a with
  | [] -> (match b with
           | [] -> true
           | _ :: _ -> false)
  | x :: a' ->
    (match b with
     | [] -> false
     | y :: b' -> (&&) (same_number x y) (same_numbers a' b'))

(** val is_some : 'a1 option -> bool **)

let is_some = function
| Some _ -> true
| None -> false

(** val good_query0 : layout -> ready_part list -> standing -> bool **)

let good_query0 l cs q =
  (&&)
    ((&&) (good_scale l.minus_t q.q_row)
      (same_numbers (skipn l.own q.q_row.numbers) l.shared))
    (forallb (fun c -> is_some (stand_in c q)) cs)

(** val grow : nat -> nat -> number -> codes -> standing -> codes **)

let grow from0 width0 u t0 q =
  match code_at from0 width0 u q with
  | Some y -> insert y t0
  | None -> t0

(** val look_at :
    layout -> standing list -> nat -> part -> ready_part option **)

let look_at l queries number0 c =
  match c.kind_of with
  | Trie (width0, u) ->
    if Uint63.less (Uint63.of_int (0)) (fst u)
    then Some { number_of = number0; begins_at = c.from_column; ground_of =
           (Bits (width0, u,
           (fold_left (grow c.from_column width0 u) queries Leaf0))) }
    else None
  | Polygon vs ->
    (match ring_of l.up_q (Uint63.of_int (0)) vs empty0 with
     | Some r ->
       let n = of_Z (how_many0 vs Z0) in
       let ps =
         select (fun q -> is_some (place_at c.from_column number0 n r q))
           (fun q -> nth number0 q.places (Uint63.of_int (0))) queries
       in
       let counts = fold_left tally ps empty0 in
       let sums = sums_along vs (Uint63.of_int (0)) Z0 counts empty0 in
       if (&&)
            ((&&)
              ((&&) (Z.eqb (to_Z n) (how_many0 vs Z0))
                (all_along vs (Uint63.of_int (0)) (turns_left r)))
              (Z.eqb (number_at (Uint63.of_int (0)) sums) Z0))
            (all_along vs (Uint63.of_int (0)) (adds_up counts sums))
       then Some { number_of = number0; begins_at = c.from_column;
              ground_of = (Ring (vs, n, r, sums)) }
       else None
     | None -> None)

(** val look_at_all :
    layout -> standing list -> nat -> part list -> ready_part list option **)

let rec look_at_all l queries number0 = function
| [] -> Some []
| c :: rest ->
  (match look_at l queries number0 c with
   | Some r ->
     (match look_at_all l queries (S number0) rest with
      | Some rs -> Some (r :: rs)
      | None -> None)
   | None -> None)

type found_target = { of_class : nat; which : target }

(** val lay0 :
    layout -> ready_part list -> z -> (found_target table * z) option ->
    marked -> (found_target table * z) option **)

let lay0 l cs all sofar v =
  match sofar with
  | Some p ->
    let (m, n) = p in
    (match target_of l cs all v with
     | Some p0 ->
       let (t0, k) = p0 in
       Some ((put v.d_row.id { of_class = v.at_part; which = t0 } m),
       (Z.add n k))
     | None -> None)
  | None -> None

(** val hits :
    ready_part list -> stand option list -> found_target -> bool **)

let hits _ stands t0 =
  hit t0.which (nth t0.of_class stands None)

(** val good_found :
    ready_part list -> int list table -> found_target table -> standing ->
    bool **)

let good_found cs known m q =
  match find0 q.q_row.id known with
  | Some l ->
    let stands = map (fun c -> stand_in c q) cs in
    (&&) (strictly l)
      (forallb (fun a ->
        match find0 a m with
        | Some t0 -> hits cs stands t0
        | None -> false) l)
  | None -> false

(** val check_classes :
    layout -> part list -> int list table -> standing list -> marked list ->
    bool **)

let check_classes l cs known queries documents =
  match look_at_all l queries O cs with
  | Some rs ->
    (&&)
      ((&&)
        ((&&) (ids_rise (fun q -> q.q_row.id) queries)
          (ids_rise (fun v -> v.d_row.id) documents))
        (forallb (good_query0 l rs) queries))
      (match fold_left (lay0 l rs (how_many0 queries Z0)) documents (Some
               (empty0, Z0)) with
       | Some p ->
         let (m, n) = p in
         (&&) (forallb (good_found rs known m) queries)
           (Z.leb n
             (fold_left (fun s q -> how_many0 (list_at q.q_row.id known) s)
               queries Z0))
       | None -> false)
  | None -> false

(** val numbered : ('a1 -> int) -> 'a1 list -> int -> int option **)

let rec numbered f0 l i =
  match l with
  | [] -> Some i
  | x :: rest ->
    if Uint63.equal (f0 x) i
    then numbered f0 rest ((+) i (Uint63.of_int (1)))
    else None

(** val all_numbered : ('a1 -> int) -> 'a1 list -> int -> bool **)

let all_numbered f0 l n =
  match numbered f0 l (Uint63.of_int (0)) with
  | Some j -> Uint63.equal j n
  | None -> false

(** val whole_cover :
    int -> int -> nat -> int list table -> row list -> document list -> bool **)

let whole_cover n m classes known queries documents =
  (&&)
    ((&&) (all_numbered (fun r -> r.id) queries n)
      (all_numbered (fun v -> v.v_row.id) documents m))
    (check_cover classes known queries documents)

(** val whole_classes :
    int -> int -> layout -> part list -> int list table -> standing list ->
    marked list -> bool **)

let whole_classes n m l parts known queries documents =
  (&&)
    ((&&) (all_numbered (fun q -> q.q_row.id) queries n)
      (all_numbered (fun v -> v.d_row.id) documents m))
    (check_classes l parts known queries documents)

(** val run_on : ready list list -> int -> int option **)

let rec run_on bs i =
  match bs with
  | [] -> Some i
  | b :: rest ->
    (match numbered (fun r -> r.row_.id) b i with
     | Some j -> run_on rest j
     | None -> None)

(** val whole_library : library -> int -> bool **)

let whole_library lib m =
  match run_on lib.blocks (Uint63.of_int (0)) with
  | Some j -> Uint63.equal j m
  | None -> false

(** val has_threshold : number option -> hinted -> bool **)

let has_threshold minus_t0 h =
  match minus_t0 with
  | Some t0 -> same_number h.extra t0
  | None -> true

(** val count_wrong : (int * int list) list -> z -> z **)

let count_wrong answers sum =
  fold_left (fun s a -> how_many0 (snd a) s) answers sum

type progress = { next : int; wrong_pairs_so_far : z }

(** val check_block :
    level list -> int list table -> library -> int -> number option ->
    progress -> hinted list -> (progress * (int * int list) list) option **)

let check_block ls known lib m minus_t0 p queries =
  if (&&) (whole_library lib m) (forallb (has_threshold minus_t0) queries)
  then (match numbered (fun h -> h.stored.id) queries p.next with
        | Some j ->
          (match check ls known lib queries with
           | Some answers ->
             Some ({ next = j; wrong_pairs_so_far =
               (count_wrong answers p.wrong_pairs_so_far) }, answers)
           | None -> None)
        | None -> None)
  else None
