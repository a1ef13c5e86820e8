import { ErrorDominio, type Texto } from './errores.ts'

/** Una regla de negocio sobre un `T`: su nombre y su frase son parte del contrato con quien llama. */
export type Regla<T> = Readonly<{ nombre: string; texto: (valor: T) => Texto; seCumple: (valor: T) => boolean }>

export const regla = <T>(nombre: string, texto: Texto | ((valor: T) => Texto), seCumple: (valor: T) => boolean): Regla<T> => ({
  nombre,
  texto: typeof texto === 'function' ? texto : () => texto,
  seCumple,
})

/** Una regla de negocio que no se cumple. `codigo` es el nombre de la regla. Es terminal: repetir no la arregla. */
export class ReglaRota extends ErrorDominio {
  constructor(nombre: string, texto: Texto) {
    super({ codigo: nombre, clase: 'regla', texto })
    this.name = 'ReglaRota'
  }
}

/** Lanza `ReglaRota` si la regla no se cumple para `valor`. */
export const exigir = <T>(laRegla: Regla<T>, valor: T): void => {
  if (!laRegla.seCumple(valor)) throw new ReglaRota(laRegla.nombre, laRegla.texto(valor))
}
