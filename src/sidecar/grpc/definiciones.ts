import type { ServiceDefinition } from '@grpc/grpc-js'
import { FallaDeSidecar, indescifrable, muyGrande } from './estados.ts'

type Leer = (bytes: Buffer) => unknown

/**
 * La definición generada, con lectura acotada: un mensaje demasiado grande no se interpreta (millones de elementos vacíos caben en pocos
 * bytes y no en la memoria), y uno que no se entiende es un error de quien llama. En ambos casos el método recibe la falla en su lugar.
 */
export const conLectura = <D extends ServiceDefinition>(definicion: D, maximo: number): D => {
  const acotar =
    (leer: Leer): Leer =>
    (bytes) => {
      if (bytes.length > maximo) return muyGrande()
      try {
        return leer(bytes)
      } catch {
        return indescifrable()
      }
    }
  return Object.fromEntries(
    Object.entries(definicion).map(([nombre, metodo]) => [nombre, { ...metodo, requestDeserialize: acotar(metodo.requestDeserialize) }]),
  ) as D
}

/** El mensaje, si se pudo leer; si no, lanza por qué. */
export const exigirLegible = <P>(pedido: P): P => {
  if (pedido instanceof FallaDeSidecar) throw pedido
  return pedido
}
