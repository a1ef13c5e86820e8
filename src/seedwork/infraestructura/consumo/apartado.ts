import { causaDe } from '../broker/causa.ts'
import type { Middleware } from './paso.ts'

/** Lo que llega hasta aquí fallado ya no tiene arreglo repitiendo: va al tópico de apartados con su causa, y el consumidor sigue. */
export const conApartado: Middleware = (siguiente) => async (enCurso) => {
  try {
    await siguiente(enCurso)
  } catch (error) {
    await enCurso.entrega.apartar(causaDe(error))
  }
}
