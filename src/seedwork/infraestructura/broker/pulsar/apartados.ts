import type { Almacen, Tx } from '../../almacen/puerto.ts'
import { comoApartado } from '../embebido/apartados.ts'
import type { Apartado, Apartados, Causa, FiltroDeApartados, Mensaje, MensajeRecibido } from '../puerto.ts'
import { type Devuelto, deDevuelto } from './recibido.ts'
import type { FilaApartado } from './tablas.ts'
import * as tablas from './tablas_de_consumo.ts'

const PAGINA = 200

type Contexto = Readonly<{
  almacen: Almacen
  ahora: () => number
  publicar: (tx: Tx, mensaje: Mensaje) => Promise<void>
  /** Lo devuelto a una suscripción acaba de confirmarse. */
  alDevolver: (devueltos: readonly Devuelto[]) => void
}>

/**
 * Aparta en la tx: una copia sale al tópico de apartados, para quien lo lea desde fuera, y otra queda en la base, de donde se reintenta.
 * Así lo devuelto vuelve sólo a su suscripción, antes que lo que se publique después, y aunque Pulsar no esté.
 */
export const apartarEn = async (
  tx: Tx,
  { ahora, publicar }: Pick<Contexto, 'ahora' | 'publicar'>,
  apartado: { mensaje: MensajeRecibido; suscripcion: string; causa: Causa; intentos: number },
): Promise<void> => {
  const { mensaje, suscripcion, causa, intentos } = apartado
  const { topico, id, llave, datos, posicion, instante } = mensaje
  await publicar(tx, comoApartado(apartado))
  const propiedades = JSON.stringify(mensaje.propiedades)
  const porQue = { codigo: causa.codigo, mensaje: causa.mensaje, intentos, apartado: ahora() }
  await tx.ejecutar(tablas.agregarApartado, { topico, suscripcion, id, llave, propiedades, datos, posicion, instante, ...porQue })
}

export const crearApartados = ({ almacen, alDevolver }: Pick<Contexto, 'almacen' | 'alDevolver'>): Apartados => ({
  ver: async (filtro) => {
    const vistos: Apartado[] = []
    for (let desde = 0; ; ) {
      const pagina = await almacen.lector.todas(tablas.leerApartados, { ...conNulos(filtro), desde, maximo: PAGINA })
      for (const fila of pagina) vistos.push(deFila(fila))
      if (pagina.length < PAGINA) return vistos
      desde = pagina.at(-1)?.numero ?? desde
    }
  },
  reintentar: (filtro) =>
    almacen.ejecutar(async (tx) => {
      const devueltos: Devuelto[] = []
      for (let desde = 0, quedan = true; quedan; ) {
        const pagina = await tx.todas(tablas.leerApartados, { ...conNulos(filtro), desde, maximo: PAGINA })
        for (const fila of pagina) {
          await tx.ejecutar(tablas.devolverApartado, { numero: fila.numero })
          devueltos.push(deDevuelto(fila))
        }
        quedan = pagina.length === PAGINA
        desde = pagina.at(-1)?.numero ?? desde
      }
      tx.alConfirmar(() => alDevolver(devueltos))
      return devueltos.length
    }),
})

const deFila = (fila: FilaApartado): Apartado => {
  const { clave: _1, devuelto: _2, suscripcion: _3, ...mensaje } = deDevuelto(fila)
  const causa = { codigo: fila.codigo, mensaje: fila.mensaje }
  return { mensaje, topico: fila.topico, suscripcion: fila.suscripcion, causa, intentos: fila.intentos, instante: fila.apartado }
}

const conNulos = ({ topico, suscripcion, llave, codigo }: FiltroDeApartados) => ({
  topico: topico ?? null,
  suscripcion: suscripcion ?? null,
  llave: llave ?? null,
  codigo: codigo ?? null,
})
