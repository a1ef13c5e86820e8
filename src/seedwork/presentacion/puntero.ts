/** Lo más largo que se devuelve de una clave ajena o de un puntero entero: el error no es un eco del pedido. */
const CLAVE_MAXIMA = 64
const PUNTERO_MAXIMO = 256

const recortar = (texto: string, maximo: number): string => (texto.length > maximo ? `${texto.slice(0, maximo)}…` : texto)

const segmento = (clave: string): string => recortar(clave, CLAVE_MAXIMA).replaceAll('~', '~0').replaceAll('/', '~1')

/** El puntero JSON (RFC 6901) de una ruta de claves, recortado si es desmedido. La ruta vacía es el cuerpo entero: `''`. */
export const puntero = (ruta: readonly string[]): string => punteroAcotado(ruta.map((clave) => `/${segmento(clave)}`).join(''))

/** El puntero de la propiedad `clave` dentro de lo que `base` (un puntero ya escrito) señala. */
export const punteroDe = (base: string, clave: string): string => punteroAcotado(`${base}/${segmento(clave)}`)

/** Un puntero ya escrito, recortado si es desmedido. */
export const punteroAcotado = (texto: string): string => recortar(texto, PUNTERO_MAXIMO).toWellFormed()
