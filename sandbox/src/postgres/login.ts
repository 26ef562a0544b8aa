/** Name and password of a database user. */
export interface Login {
  readonly username: string;
  readonly password: string;
}
