import { setTimeout as pausa } from 'node:timers/promises'
import { crearCliente } from '../../../tests/apoyo/cliente.ts'
import type { Blanco } from '../apoyo/blanco.ts'

/** Caben cincuenta por enchufe (src/ui/web/limites.ts). */
const RESERVAS = 50
const PLAZO_MS = 15_000

/** Otro cliente: escucha sus reservas mientras a los demás se les ataca. Cada vez que se pide, una cambia y él tiene que enterarse. */
export const abrirTestigo = async ({ puerto, interfaz, firmar }: Blanco) => {
  const api = `http://127.0.0.1:${puerto}`
  // De invitado: quien escucha una reserva por su id no necesita sesión.
  const [invitado, operador] = [crearCliente(api), crearCliente(api, firmar('operador-1', 'operador'))]
  const ids: string[] = []
  for (let i = 0; i < RESERVAS; i++) ids.push((await invitado.unaReserva()).id)
  const enchufe = new WebSocket(`ws://127.0.0.1:${interfaz}/?${ids.map((id) => `reserva=${id}`).join('&')}`)
  const vistas = new Set<string>()
  let cerrado: number | undefined
  enchufe.addEventListener('message', ({ data }) => {
    for (const id of ids) if (String(data).includes(id) && String(data).includes('APROBADA')) vistas.add(id)
  })
  enchufe.addEventListener('close', ({ code }) => (cerrado = code))
  await new Promise((listo, fallar) => {
    enchufe.addEventListener('open', listo, { once: true })
    enchufe.addEventListener('error', fallar, { once: true })
  })
  let cambiadas = 0
  return {
    cuantas: RESERVAS,
    cambiarOtra: async (): Promise<void> => {
      const id = ids[cambiadas]
      if (id === undefined) return
      cambiadas += 1
      await operador.aprobar(id)
    },
    /** Lo que no recibió, tras esperar lo que haga falta. */
    faltas: async (): Promise<readonly string[]> => {
      for (const limite = performance.now() + PLAZO_MS; vistas.size < cambiadas && performance.now() < limite; ) await pausa(20)
      const faltas = ids
        .slice(0, cambiadas)
        .filter((id) => !vistas.has(id))
        .map((id) => `el testigo no se enteró de ${id}`)
      if (cerrado !== undefined) faltas.push(`al testigo le cerraron con ${cerrado}`)
      enchufe.close()
      return faltas
    },
    recibidas: () => vistas.size,
  }
}
