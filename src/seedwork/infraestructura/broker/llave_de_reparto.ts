import type { Suscripcion } from './puerto.ts'

/** De qué va en orden y de uno en uno: Shared, de nada; Key_Shared, de cada llave; Failover y Exclusive, del tópico entero. */
export const llaveDeReparto = (tipo: Suscripcion['tipo'], llave: string | null, numero: number): string => {
  if (tipo === 'Failover' || tipo === 'Exclusive') return ''
  return tipo === 'Key_Shared' && llave !== null ? llave : `#${numero}`
}
